package server

import (
	"log/slog"
	"time"
)

// Options of Serve. The zero value is ready for use.
type Options struct {
	Log *slog.Logger // nil: nothing is logged

	// HistoryFile keeps the cells of all sessions; "": only of this one, in memory.
	HistoryFile string

	// OwnProcess says that the process exists for this kernel: SIGINT
	// interrupts the cell, SIGTERM and SIGHUP shut the kernel down, and so
	// does the end of the process that JPY_PARENT_PID names.
	OwnProcess bool

	// StreamLimit is how many bytes of a cell's stdout, and as many of its
	// stderr, are sent. What comes after is counted, and a line at the end of
	// the cell says how much it was. 0: 10 MB; negative: no limit.
	StreamLimit int
	// StreamAdvice ends that line: what to do about it.
	StreamAdvice string

	// StreamDelay is how long text waits for more of it, so that a message
	// holds many lines. 0: 10 ms.
	StreamDelay time.Duration
	// UpdateInterval is the least time between two updates of one display;
	// those between are passed over, the last is always sent. 0: 30 ms.
	UpdateInterval time.Duration

	// MessageRate and StreamRate are the messages, and the bytes of messages
	// with stream text, that a cell may send per second; above, after a burst of
	// 0.7 seconds' worth, it waits. Jupyter servers throw everything away above
	// 1,000 messages or 1 MB a second, counted over three seconds
	// (ZMQChannelsWebsocketConnection.iopub_msg_rate_limit and
	// iopub_data_rate_limit of jupyter_server). 0: 800 and 800,000; negative: no limit.
	MessageRate, StreamRate float64

	HelpLinks []HelpLink // nil: Go's documentation
}

// HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

func (o *Options) setDefaults() {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.StreamLimit == 0 {
		o.StreamLimit = 10_000_000
	}
	if o.StreamDelay == 0 {
		o.StreamDelay = 10 * time.Millisecond
	}
	if o.UpdateInterval == 0 {
		o.UpdateInterval = 30 * time.Millisecond
	}
	if o.MessageRate == 0 {
		o.MessageRate = 800
	}
	if o.StreamRate == 0 {
		o.StreamRate = 800_000
	}
	if o.HelpLinks == nil {
		o.HelpLinks = []HelpLink{
			{"Go documentation", "https://go.dev/doc/"},
			{"Go standard library", "https://pkg.go.dev/std"},
			{"Go language specification", "https://go.dev/ref/spec"},
		}
	}
}
