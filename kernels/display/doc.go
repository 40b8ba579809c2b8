// Package display is what a notebook cell calls to show things: text, HTML,
// images, tables, charts, progress bars, and questions to the user.
//
// It needs the standard library only and knows nothing of the kernel: what is
// shown goes over a pipe (package display/pipe) where the kernel of this project
// runs the program, over GoNB's pipes where GoNB does, and as plain text to
// standard output elsewhere. It draws no figures beyond a few kinds of chart;
// interactive controls are in display/widgets.
//
//	out := display.HTML("<b>working</b>")
//	out.Update("<b>done</b>")
package display
