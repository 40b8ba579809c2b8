package pytorch

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits of a pickle. A checkpoint of 1,000 tensors with Adam's state has
// 125,000 opcodes in 0.4 MB; an opcode makes gopickle allocate up to 0.3 kB.
const (
	maxPickle  = 16 << 20 // bytes
	maxOpcodes = 1 << 20
	maxDepth   = 256     // marks within marks: dicts within dicts
	maxRepeats = 1 << 24 // bytes of strings fetched from the memo
)

// argument is what follows an opcode.
type argument int

const (
	refused argument = iota
	nothing
	byte1 // so many bytes
	byte2
	byte4
	byte8
	string1 // a length of so many bytes, then as many bytes
	string4
	lines2 // two lines
)

// opcodes are those that Python writes in protocol 2, torch.save's own, for
// dicts, lists, tuples, numbers, strings and objects rebuilt from arguments.
var opcodes = [256]argument{
	0x80: byte1, // PROTO
	'.':  nothing,
	'N':  nothing, 0x88: nothing, 0x89: nothing, // None, True, False
	'K': byte1, 'M': byte2, 'J': byte4, 0x8a: string1, 'G': byte8, // numbers
	'X': string4,
	'}': nothing, 's': nothing, 'u': nothing, // dict
	']': nothing, 'a': nothing, 'e': nothing, // list
	'(': nothing, 't': nothing, ')': nothing, 0x85: nothing, 0x86: nothing, 0x87: nothing, // tuple
	'h': byte1, 'j': byte4, 'q': byte1, 'r': byte4, // memo: get, get, put, put
	'c': lines2,                              // GLOBAL
	'R': nothing, 'b': nothing, 'Q': nothing, // REDUCE, BUILD, BINPERSID
}

// scan walks over the pickle at the start of data without running it and
// returns its length. What passes, gopickle can run: its opcodes are known,
// their arguments lie within data, it names no Python object that a tensor
// does not need, and it ends.
//
// Gopickle hashes the keys of dicts and writes strings and long numbers into
// some of its errors, so what the memo repeats of them is bounded: top is the
// length of the one on top of the stack, or 0.
func scan(data []byte) (int, error) {
	at, depth, top, repeated := 0, 0, 0, 0
	memo := map[uint32]int{}
	for range maxOpcodes {
		if at == len(data) {
			return 0, errCut
		}
		op := data[at]
		argument := data[at+1:]
		n := 0
		switch opcodes[op] {
		case refused:
			return 0, fmt.Errorf("pickle: opcode %#02x at byte %d is none that a checkpoint needs", op, at)
		case byte1:
			n = 1
		case byte2:
			n = 2
		case byte4:
			n = 4
		case byte8:
			n = 8
		case string1:
			if len(argument) < 1 {
				return 0, errCut
			}
			n = 1 + int(argument[0])
		case string4:
			if len(argument) < 4 {
				return 0, errCut
			}
			n = 4 + int(little.Uint32(argument))
		case lines2:
			module, rest, ok1 := bytes.Cut(argument, []byte("\n"))
			name, _, ok2 := bytes.Cut(rest, []byte("\n"))
			if !ok1 || !ok2 {
				return 0, errCut
			}
			if err := admitted(string(module), string(name)); err != nil {
				return 0, err
			}
			n = len(module) + len(name) + 2
		}
		if n > len(argument) {
			return 0, errCut
		}
		below := top
		top = 0
		switch op {
		case 0x80:
			if argument[0] != 2 {
				return 0, fmt.Errorf("pickle: protocol %d instead of 2, torch.save's own", argument[0])
			}
		case '(':
			depth++
		case 't', 'e', 'u':
			depth--
		case 'X', 0x8a:
			top = n
		case 'b':
			top = at // gopickle builds on anything: no string so far is longer
		case 'q', 'r':
			top = below
			memo[memoIndex(argument[:n])] = top
		case 'h', 'j':
			top = memo[memoIndex(argument[:n])]
			repeated += top
		case '.':
			return at + 1, nil
		}
		if depth < 0 || depth > maxDepth {
			return 0, fmt.Errorf("pickle: %d marks open at byte %d", depth, at)
		}
		if repeated > maxRepeats {
			return 0, errors.New("pickle: a long string is repeated too often")
		}
		at += 1 + n
	}
	return 0, fmt.Errorf("pickle: more than %d opcodes", maxOpcodes)
}

var errCut = errors.New("pickle: cut short, or longer than 16 MiB")

// memoIndex is the argument of a get or put, of one or four bytes.
func memoIndex(argument []byte) uint32 {
	if len(argument) == 1 {
		return uint32(argument[0])
	}
	return little.Uint32(argument)
}

// admitted is an error that names a Python object unless tensors need it.
func admitted(module, name string) error {
	full := module + "." + name
	if _, ok := globals[full]; ok {
		return nil
	}
	return fmt.Errorf("pickle: refused: it needs the Python object %q, and tensors do not", brief(full))
}
