package wire

import (
	"errors"
	"strings"
	"sync"
)

// Publisher is an XPUB socket: iopub.
type Publisher struct {
	*listener
	key     Key
	welcome func(topic string) []Message

	mu   sync.Mutex
	subs map[*member]map[string]int // topics and how often each was asked for
}

// Bounds of what one subscriber may ask for.
const (
	maxTopics = 1024
	maxTopic  = 1024 // bytes
)

func newPublisher(l *listener, key Key, welcome func(string) []Message) *Publisher {
	p := &Publisher{listener: l, key: key, welcome: welcome, subs: map[*member]map[string]int{}}
	l.serve = p.read
	return p
}

// read takes in subscriptions: a message of one frame, 1 or 0 and the topic
// (https://rfc.zeromq.org/spec/29/, XPUB).
func (p *Publisher) read(m *member) error {
	defer func() {
		p.mu.Lock()
		delete(p.subs, m)
		p.mu.Unlock()
	}()
	for {
		frames, command, err := m.peer.read(1+maxTopic, 1)
		if err != nil {
			return err
		}
		if command || len(frames[0]) == 0 {
			continue
		}
		topic := string(frames[0][1:])
		switch frames[0][0] {
		case 1:
			err = p.subscribe(m, topic)
		case 0:
			p.unsubscribe(m, topic)
		}
		if err != nil {
			return err
		}
	}
}

// subscribe adds a topic; for a new one the subscriber, and nobody else, gets
// the welcome messages, before anything that is published under the topic
// (https://jupyter.org/enhancement-proposals/65-jupyter-xpub/jupyter-xpub.html).
func (p *Publisher) subscribe(m *member, topic string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	topics := p.subs[m]
	if topics == nil {
		topics = map[string]int{}
		p.subs[m] = topics
	}
	if len(topics) == maxTopics && topics[topic] == 0 {
		return errors.New("too many subscriptions")
	}
	if topics[topic]++; topics[topic] > 1 || p.welcome == nil {
		return nil
	}
	for _, msg := range p.welcome(topic) {
		msg.Identities = [][]byte{[]byte(topic)}
		frames, err := Encode(msg, p.key)
		if err != nil {
			return err
		}
		if err := m.out.push(frames, 0); err != nil {
			return err
		}
	}
	return nil
}

func (p *Publisher) unsubscribe(m *member, topic string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if topics := p.subs[m]; topics[topic] > 1 {
		topics[topic]--
	} else {
		delete(topics, topic)
	}
}

// Publish queues a message for every subscriber to a prefix of topic; without
// any it does nothing. It waits for a subscriber that leaves 64 MiB unread, for
// Options.Patience at most: then the subscriber is cut off. It fails only on a
// message that cannot be encoded.
func (p *Publisher) Publish(topic string, msg Message) error {
	msg.Identities = [][]byte{[]byte(topic)}
	frames, err := Encode(msg, p.key)
	if err != nil {
		return err
	}
	for _, m := range p.subscribers(topic) {
		if err := m.send(frames); errors.Is(err, errSlow) {
			p.log.Warn("subscriber cut off", "socket", p.name, "cause", err)
		}
	}
	return nil
}

func (p *Publisher) subscribers(topic string) []*member {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ms []*member
	for m, topics := range p.subs {
		for prefix := range topics {
			if strings.HasPrefix(topic, prefix) {
				ms = append(ms, m)
				break
			}
		}
	}
	return ms
}
