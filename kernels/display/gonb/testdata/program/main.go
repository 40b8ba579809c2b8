// Command program shows things with GoNB's own library, for the tests of the
// kernel's side of its protocol.
package main

import (
	"encoding/gob"
	"fmt"
	"os"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func main() {
	if !gonbui.IsNotebook {
		fmt.Fprintln(os.Stderr, "not in a notebook")
		os.Exit(1)
	}
	gonbui.DisplayHTML("<b>one</b>")
	gonbui.DisplayMarkdown("*two*")
	gonbui.DisplayPNG([]byte("\x89PNG\r\n\x1a\nthree"))
	gonbui.DisplaySVG("<svg/>")
	gonbui.ScriptJavascript("four()")
	gonbui.UpdateHTML("id", "first")
	gonbui.UpdateHTML("id", "second")
	gob.Register(map[string]any{})
	gob.Register([]any{})
	gonbui.SendData(&protocol.DisplayData{
		Data:     map[protocol.MIMEType]any{"application/json": map[string]any{"list": []any{1, 2.5, "x", nil, true}}},
		Metadata: map[string]any{"key": "value"},
	})
	gonbui.Sync()
	fmt.Println("synced")
	gonbui.RequestInput("name? ", true)
	var name string
	fmt.Scanln(&name)
	fmt.Println("hello", name)
	values := comms.Listen[float64]("/slider")
	fmt.Println("slider", <-values.C)
	for range 200 {
		gonbui.DisplayHTML("flood")
	}
	gonbui.Sync()
	if err := gonbui.Error(); err != nil {
		fmt.Println("error", err)
	}
}
