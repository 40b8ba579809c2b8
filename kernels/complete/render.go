package complete

import (
	"bytes"
	"go/doc/comment"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/stellarae/lab/kernels/server"
)

// inspection is a Markdown text in all forms a front end may want; not Found if it is empty.
func inspection(markdown string) server.Inspection {
	if markdown == "" {
		return server.Inspection{}
	}
	source := []byte(markdown)
	data := map[string]string{"text/markdown": markdown}
	var page bytes.Buffer
	if pages.Convert(source, &page) == nil {
		data["text/html"] = page.String()
	}
	data["text/plain"] = plain(source)
	return server.Inspection{Found: true, Data: data}
}

// markdownOf turns a doc comment's text into Markdown.
func markdownOf(doc string) string {
	var p comment.Parser
	pr := comment.Printer{HeadingLevel: 3, HeadingID: func(*comment.Heading) string { return "" }}
	return string(pr.Markdown(p.Parse(doc)))
}

// Colours of medium lightness, to be read on white and on JupyterLab's dark
// background; names and punctuation keep the page's own.
var colours = chroma.MustNewStyle("gokernel", chroma.StyleEntries{
	chroma.Keyword:         "bold #9b5fd0",
	chroma.KeywordType:     "nobold #2f86c1",
	chroma.KeywordConstant: "nobold #2f86c1",
	chroma.NameBuiltin:     "#2f86c1",
	chroma.LiteralString:   "#a8691f",
	chroma.LiteralNumber:   "#b8577e",
	chroma.Comment:         "italic #6f8a6f",
})

// pages writes HTML with highlighted Go; raw HTML of the text is left out.
var pages = goldmark.New(goldmark.WithRendererOptions(
	renderer.WithNodeRenderers(util.Prioritized(codeBlocks{html.New(html.PreventSurroundingPre(true))}, 1))))

type codeBlocks struct{ formatter *html.Formatter }

func (c codeBlocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, c.render)
}

func (c codeBlocks) render(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.FencedCodeBlock)
	text := string(block.Lines().Value(source))
	tokens := []chroma.Token{{Type: chroma.Text, Value: text}}
	if string(block.Language(source)) == "go" {
		tokens = goTokens(text)
	}
	_, _ = w.WriteString("<pre style=\"tab-size:4\"><code>") // errors stay in the writer
	err := c.formatter.Format(w, colours, chroma.Literator(tokens...))
	_, _ = w.WriteString("</code></pre>\n")
	return ast.WalkContinue, err
}

// plain is the text of a Markdown document, its blocks apart by blank lines.
func plain(source []byte) string {
	var b strings.Builder
	doc := goldmark.DefaultParser().Parse(gtext.NewReader(source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		if !entering {
			switch n.Kind() {
			case ast.KindParagraph, ast.KindHeading:
				b.WriteString("\n\n")
			case ast.KindTextBlock, ast.KindList, ast.KindFencedCodeBlock, ast.KindCodeBlock:
				b.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(util.UnescapePunctuations(n.Value(source)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.FencedCodeBlock:
			b.Write(n.Lines().Value(source))
		case *ast.CodeBlock:
			b.Write(n.Lines().Value(source))
		case *ast.ListItem:
			b.WriteString("- ")
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String()) + "\n"
}
