package display

// Input asks the user for a line, under the cell. It fails when the cell is
// interrupted and where the front end takes no input. Outside a notebook it
// reads standard input.
func Input(prompt string) (string, error) { return current().input(Context(), prompt, false) }

// Password is Input without showing what is typed; it works in a notebook only.
func Password(prompt string) (string, error) { return current().input(Context(), prompt, true) }
