package server

import (
	"encoding/json"

	"github.com/stellarae/lab/kernels/wire"
)

// kernelInfo answers kernel_info_request
// (https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info).
func (k *kernel) kernelInfo(wire.Message) content {
	info := k.interp.Info()
	return content{
		"status":                 "ok",
		"protocol_version":       wire.Version,
		"implementation":         info.Implementation,
		"implementation_version": info.Version,
		"banner":                 info.Banner,
		"debugger":               false,
		"help_links":             k.opts.HelpLinks,
		"supported_features":     []string{"kernel subshells"},
		"language_info": content{
			"name":               "go",
			"version":            info.GoVersion,
			"mimetype":           "text/x-go",
			"file_extension":     ".go",
			"pygments_lexer":     "go",
			"codemirror_mode":    "go",
			"nbconvert_exporter": "script",
		},
	}
}

func (k *kernel) connect(wire.Message) content {
	c := k.sockets.Connection
	return content{
		"status":     "ok",
		"shell_port": c.ShellPort, "iopub_port": c.IOPubPort, "stdin_port": c.StdinPort,
		"control_port": c.ControlPort, "hb_port": c.HBPort,
	}
}

// debugRequest refuses in the Debug Adapter Protocol's words, of which the
// content of debug messages consists.
func (k *kernel) debugRequest(m wire.Message) content {
	var req struct {
		Seq     json.Number `json:"seq"`
		Command string      `json:"command"`
	}
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	if req.Seq == "" {
		req.Seq = "0"
	}
	return content{
		"type": "response", "request_seq": req.Seq, "command": req.Command,
		"success": false, "message": "this kernel has no debugger",
	}
}
