// Package widgets has the controls of ipywidgets for Go: sliders, menus, text
// fields, buttons, images, bars and boxes. They speak the Jupyter widget messaging
// protocol 2.1 (ipywidgets 8.1, packages/schema/messages.md) with the models of
// @jupyter-widgets/controls 2.0.0, so JupyterLab draws them with the
// jupyterlab-widgets extension. The package draws nothing itself and is of use
// under this project's kernel only; elsewhere Display shows the values as they are.
//
//	z := widgets.FloatSlider("z", -3, 3, 0.1, 0)
//	z.OnChange(func(v float64) { plot(v) })
//	z.Display()
//
// Callbacks run when the user changes a value, not when the program sets it; one
// at a time for each control, beside a cell that runs. While one runs the newest
// value waits for it and values in between are left out. A callback that panics
// is reported on standard error and ends nothing else.
package widgets
