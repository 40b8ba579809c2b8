"""The conformance tests of jupyter_kernel_test 0.7, for the project's kernel.

    python -m unittest -v test_kernel     # in this folder

The kernelspec gokernel has to be where Jupyter finds it; GOKERNEL_PROGRAMS
names a folder in which it is built and installed first.
"""

import os
import tempfile
import unittest

import jupyter_kernel_test
from jupyter_core.paths import jupyter_data_dir

if os.environ.get("GOKERNEL_PROGRAMS"):
    import programs

    programs.ready(os.environ["GOKERNEL_PROGRAMS"], ["gokernel"])

# The history that the kernel keeps for its user is not the tests' to fill;
# kernelspecs are looked for where they were.
history = tempfile.TemporaryDirectory()
os.environ["JUPYTER_DATA_DIR"] = jupyter_data_dir()
os.environ["XDG_DATA_HOME"] = history.name

PATIENCE = 180  # s: the first cell with an import builds it, on a machine that may be busy
DISPLAY = 'import "github.com/stellarae/lab/kernels/display"\n\n'


class GoKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "gokernel"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'
    code_generate_error = 'panic("at the disco")'

    completion_samples = [
        {"text": "fmt.Fprin", "matches": {"Fprint", "Fprintf", "Fprintln"}},
        {"text": "strings.EqualF", "matches": {"EqualFold"}},
        {"text": "%goworkf", "matches": {"%goworkfix"}},
    ]

    complete_code_samples = ["1 + 1", "x := 1", "for range 3 {\n}", "func f() {}", "%env A=b", "!echo hello", "x := 1 // done", ""]
    incomplete_code_samples = ["for range 3 {", "f(1,", "s := `raw", "/* a comment", "if true {\n} else", "x :=", "x +"]
    invalid_code_samples = ["x := )", "for range 3 }", "var 1x int"]

    code_page_something = "?fmt.Println"
    code_inspect_sample = "fmt.Println"
    code_clear_output = DISPLAY + "display.Clear(false)"

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "1.5 / 2", "result": "0.75"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "[]int{1, 2, 3}", "result": "[1 2 3]"},
        {"code": "6 * 7", "result": "42"},
        {"code": "6 * 7", "result": "42"},
    ]
    code_display_data = [
        {"code": DISPLAY + 'display.HTML("<b>bold</b>")', "mime": "text/html"},
        {"code": DISPLAY + 'display.Markdown("*leaning*")', "mime": "text/markdown"},
        {"code": DISPLAY + "display.Image(image.NewGray(image.Rect(0, 0, 2, 2)))", "mime": "image/png"},
    ]

    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ? 7"

    def execute_helper(self, code, timeout=PATIENCE, **options):
        """As it was, but with patience: 15 s for the reply and 0.1 s for each message say nothing of what is said."""
        channel = self.kc.iopub_channel
        get = channel.get_msg
        channel.get_msg = lambda timeout=None: get(timeout=PATIENCE)
        try:
            return super().execute_helper(code, timeout=timeout, **options)
        finally:
            del channel.get_msg


class GoKernelWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "gokernel"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
