package pytorch

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
)

// Files made by hand to lie: each must give the error that names the lie.

func loadBytes(b []byte) (*Checkpoint, error) { return load(bytes.NewReader(b), int64(len(b))) }

type entry struct{ name, content string }

// zipOf is an archive of stored entries.
func zipOf(entries ...entry) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte(e.content))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pickleOf is the pickle in a zip file.
func pickleOf(file []byte) ([]byte, error) {
	z, err := openZip(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	return z.read("data.pkl", maxPickle)
}

// checkpointOf is a zip file with that pickle and a storage "0" of 16 bytes.
func checkpointOf(pickle string) []byte {
	return zipOf(entry{"a/data.pkl", pickle}, entry{"a/data/0", "0123456789abcdef"})
}

// legacyOf is a legacy file with that object and one storage.
func legacyOf(object, key string, count int, content string) []byte {
	var p pickler
	p.WriteString(legacyMagic + "\x80\x02}")
	p.text("little_endian")
	p.WriteString("\x88s." + object + "\x80\x02]")
	p.text(key)
	p.WriteString("a.")
	p.Write(little.AppendUint64(nil, uint64(count)))
	p.WriteString(content)
	return p.Bytes()
}

// view is the pickle of {"w": tensor} with these claims about storage "0".
func viewOf(class string, count, offset int, shape, stride []int) string {
	var p pickler
	p.WriteString("\x80\x02}")
	p.text("w")
	p.view(class, "0", count, offset, shape, stride)
	p.WriteString("s.")
	return p.String()
}

// text is a pickled string.
func text(s string) string {
	var p pickler
	p.text(s)
	return p.String()
}

func TestLyingPickle(t *testing.T) {
	good := viewOf("FloatStorage", 4, 0, []int{4}, []int{1})
	if c, err := loadBytes(checkpointOf(good)); err != nil || len(c.Tensors) != 1 {
		t.Fatalf("the honest file: %v, %v", c, err)
	}
	rank17 := make([]int, 17)
	for name, test := range map[string]struct{ pickle, want string }{
		"storage larger":      {viewOf("FloatStorage", 5, 0, []int{5}, []int{1}), "has 16 bytes instead of 20"},
		"storage smaller":     {viewOf("FloatStorage", 3, 0, []int{3}, []int{1}), "has 16 bytes instead of 12"},
		"storage huge":        {viewOf("FloatStorage", math.MaxInt, 0, []int{1}, []int{1}), "more bytes than the file"},
		"storage negative":    {viewOf("FloatStorage", -4, 0, []int{0}, []int{1}), "a storage needs"},
		"size beyond":         {viewOf("FloatStorage", 4, 0, []int{5}, []int{1}), "reaches beyond"},
		"size huge":           {viewOf("FloatStorage", 4, 0, []int{math.MaxInt}, []int{1}), "reaches beyond"},
		"size overflows":      {viewOf("FloatStorage", 4, 0, []int{1 << 32, 1 << 32}, []int{0, 0}), "overflow"},
		"size negative":       {viewOf("FloatStorage", 4, 0, []int{-1}, []int{1}), "[-1]"},
		"stride beyond":       {viewOf("FloatStorage", 4, 0, []int{2, 2}, []int{3, 1}), "reaches beyond"},
		"stride overflows":    {viewOf("FloatStorage", 4, 0, []int{3}, []int{math.MaxInt}), "reaches beyond"},
		"stride negative":     {viewOf("FloatStorage", 4, 3, []int{4}, []int{-1}), "[-1]"},
		"strides missing":     {viewOf("FloatStorage", 4, 0, []int{2, 2}, []int{1}), "2 sizes but 1 strides"},
		"offset beyond":       {viewOf("FloatStorage", 4, 1, []int{4}, []int{1}), "reaches beyond"},
		"offset huge":         {viewOf("FloatStorage", 4, math.MaxInt, []int{0}, []int{1}), "begins at"},
		"offset negative":     {viewOf("FloatStorage", 4, -1, []int{1}, []int{1}), "begins at -1"},
		"expanded":            {viewOf("FloatStorage", 4, 0, []int{1 << 40}, []int{0}), "more numbers than the file has bytes"},
		"17 axes":             {viewOf("FloatStorage", 4, 0, rank17, rank17), "tuple of up to 16"},
		"type unknown":        {viewOf("QInt8Storage", 4, 0, []int{1}, []int{1}), `"torch.QInt8Storage"`},
		"type two ways":       {strings.TrimSuffix(good, ".") + text("v") + strings.TrimPrefix(viewOf("IntStorage", 4, 0, []int{4}, []int{1}), "\x80\x02}"+text("w")), "two types or sizes"},
		"name not a string":   {"\x80\x02}" + text("state_dict") + "}K\x01Nss.", "not a string"},
		"value not a tensor":  {"\x80\x02}" + text("state_dict") + "}" + text("w") + "K\x01ss.", `"w" is not a tensor`},
		"name twice":          {strings.TrimSuffix(good, ".") + good[3:], `"w" twice`},
		"no tensor":           {"\x80\x02}.", "neither"},
		"not a dict":          {"\x80\x02].", "not a dict"},
		"state not a dict":    {"\x80\x02}" + text("state_dict") + "K\x01s.", "not a dict"},
		"no stop":             {"\x80\x02}", "cut short"},
		"nothing":             {"", "cut short"},
		"string beyond":       {"\x80\x02X\xff\xff\xff\xff.", "cut short"},
		"string's length":     {"\x80\x02X\x01", "cut short"},
		"global cut":          {"\x80\x02cos\nsystem", "cut short"},
		"global in two steps": {"\x80\x02" + text("os") + text("system") + "\x93.", "opcode 0x93"},
		"global of gopickle":  {"\x80\x02ccopy_reg\n_reconstructor\n.", `"copy_reg._reconstructor"`},
		"global long":         {"\x80\x02c" + strings.Repeat("x", 1000) + "\ny\n.", `xxx..."`},
		"instance":            {"\x80\x02(ios\nsystem\n.", "opcode 0x69"},
		"new object":          {"\x80\x02ccollections\nOrderedDict\n)\x81.", "opcode 0x81"},
		"opcode 0xff":         {"\x80\x02\xff.", "opcode 0xff"},
		"mark missing":        {"\x80\x02t.", "marks"},
		"marks":               {"\x80\x02" + strings.Repeat("(", 300) + ".", "marks"},
		"opcodes":             {"\x80\x02" + strings.Repeat("N", maxOpcodes) + ".", "more than 1048576 opcodes"},
		"long of no bytes":    {"\x80\x02\x8a\x00.", "pickle: "},
		"stack empty":         {"\x80\x02.", "stack is empty"},
		"key not hashable":    {"\x80\x02ccollections\nOrderedDict\n)R" + "c_codecs\nencode\nNs.", "unhashable"},
		"odd items":           {"\x80\x02}(Nu.", "pickle: "},
		"reduce nothing":      {"\x80\x02N)R.", "pickle: "},
		"build nothing":       {"\x80\x02N}" + text("x") + "Nsb.", "pickle: "},
		"persistent nothing":  {"\x80\x02NQ.", "persistent id"},
		"persistent module":   {"\x80\x02(" + text("module") + "NNNNtQ.", "persistent id"},
		"tensor of nothing":   {"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", "0 arguments"},
		"parameter of none":   {"\x80\x02ctorch._utils\n_rebuild_parameter\n)R.", "parameter"},
		"numpy scalar short":  {"\x80\x02cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n" + text("f8") + "\x85Rc_codecs\nencode\n" + text("1234567") + text("latin1") + "\x86R\x86R.", "as many bytes"},
		"numpy big-endian":    {"\x80\x02cnumpy\ndtype\n" + text("f8") + "\x85RK\x03" + text(">") + "\x86b.", "little-endian"},
		"numpy object":        {"\x80\x02cnumpy\ndtype\n" + text("O8") + "\x85R.", "plain number"},
		"codec":               {"\x80\x02c_codecs\nencode\n" + text("x") + text("zip") + "\x86R.", "latin1"},
		"not latin1":          {"\x80\x02c_codecs\nencode\n" + text("λ") + text("latin1") + "\x86R.", "latin1"},
	} {
		if _, err := loadBytes(checkpointOf(test.pickle)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

func TestLyingArchive(t *testing.T) {
	pickle := entry{"a/data.pkl", viewOf("FloatStorage", 4, 0, []int{4}, []int{1})}
	numbers := entry{"a/data/0", "0123456789abcdef"}
	honest := zipOf(pickle, numbers)
	if _, err := loadBytes(honest); err != nil {
		t.Fatal(err)
	}
	var deflated bytes.Buffer
	w := zip.NewWriter(&deflated)
	f, _ := w.Create(pickle.name)
	fmt.Fprint(f, pickle.content)
	w.Close()
	// The sizes of the last central directory entry, that of the numbers.
	directory := bytes.LastIndex(honest, []byte("PK\x01\x02"))
	larger := bytes.Clone(honest)
	little.PutUint32(larger[directory+20:], 1<<31)
	little.PutUint32(larger[directory+24:], 1<<31)
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"no pickle":    {zipOf(numbers), "without data.pkl"},
		"two pickles":  {zipOf(pickle, entry{"b/data.pkl", pickle.content}), "second pickle"},
		"two storages": {zipOf(pickle, numbers, numbers), "there are two"},
		"no storage":   {zipOf(pickle), `"a/data/0" is missing`},
		"big-endian":   {zipOf(pickle, numbers, entry{"a/byteorder", "big"}), `byte order "big"`},
		"compressed":   {deflated.Bytes(), "compressed"},
		"size lies":    {larger, "claims 2147483648 bytes"},
		"checksum":     {bytes.Replace(honest, []byte("0123"), []byte("0124"), 1), "checksum"},
		"nothing":      {zipOf(), "neither"},
		"outside":      {zipOf(entry{"../data.pkl", pickle.content}), `"../data/0" is missing`},
	} {
		if _, err := loadBytes(test.file); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

func TestLyingLegacy(t *testing.T) {
	object := viewOf("FloatStorage", 4, 0, []int{4}, []int{1})
	numbers := "0123456789abcdef"
	honest := string(legacyOf(object, "0", 4, numbers))
	if _, err := loadBytes([]byte(honest)); err != nil {
		t.Fatal(err)
	}
	huge := viewOf("FloatStorage", math.MaxInt, 0, []int{4}, []int{1})
	for name, test := range map[string]struct{ file, want string }{
		"count":        {string(legacyOf(object, "0", 5, numbers)), "5 numbers instead of 4"},
		"count huge":   {string(legacyOf(huge, "0", math.MaxInt, numbers)), "unexpected EOF"},
		"cut":          {string(legacyOf(object, "0", 4, numbers[1:])), "unexpected EOF"},
		"cut in count": {honest[:len(honest)-20], "EOF"},
		"key":          {string(legacyOf(object, "1", 4, numbers)), `"1" is not in the object`},
		"no keys":      {honest[:strings.LastIndex(honest, "\x80\x02]")] + "\x80\x02].", `"0" is not in the file`},
		"keys":         {honest[:strings.LastIndex(honest, "\x80\x02]")] + "\x80\x02K\x01.", "not a list"},
		"big-endian":   {strings.Replace(honest, "\x88s.", "\x89s.", 1), "not little-endian"},
		"no facts":     {legacyMagic + "\x80\x02N.", "not a dict"},
		"magic alone":  {legacyMagic, "cut short"},
		"tensor first": {legacyMagic + object, "persistent"},
	} {
		if _, err := loadBytes([]byte(test.file)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

// Pickles that grow: what Load allocates in all must stay below the bound that
// its comment gives for what it holds.
func TestBombs(t *testing.T) {
	const limit = 400 << 20
	memo := func(value string) string { return value + "q\x00" }
	rank16 := strings.TrimSuffix(strings.TrimPrefix(viewOf("FloatStorage", 4, 0, make([]int, 16), make([]int, 16)), "\x80\x02}"+text("w")), "s.")
	arguments := strings.TrimSuffix(strings.TrimPrefix(rank16, "ctorch._utils\n_rebuild_tensor_v2\n"), "R")
	for name, pickle := range map[string]string{
		"tuples":         "\x80\x02](" + strings.Repeat("(t", maxOpcodes/2-4) + "e.",
		"dicts":          "\x80\x02](" + strings.Repeat("}", maxOpcodes-8) + "e.",
		"ordered dicts":  "\x80\x02](" + "ccollections\nOrderedDict\nq\x00" + strings.Repeat("h\x00)R", maxOpcodes/3-4) + "e.",
		"memo":           "\x80\x02](N" + strings.Repeat("r\x01\x02\x03\x04", maxOpcodes-8) + "e.",
		"views":          "\x80\x02](ctorch._utils\n_rebuild_tensor_v2\nq\x00" + arguments + "q\x01" + strings.Repeat("h\x00h\x01R", maxOpcodes/3-50) + "e.",
		"doubling":       "\x80\x02]q\x00" + strings.Repeat("](h\x00h\x00eq\x00", maxOpcodes/8) + ".",
		"list in itself": "\x80\x02]q\x00h\x00ah\x00)R.",
		"long key":       "\x80\x02}q\x01" + memo(text(strings.Repeat("k", 1<<20))) + strings.Repeat("h\x00Ns", 1<<16) + ".",
		"long bytes":     "\x80\x02](" + "c_codecs\nencode\n" + text(strings.Repeat("k", 1<<20)) + text("latin1") + "\x86Rq\x00" + strings.Repeat("h\x00", 1<<16) + "e)R.",
		"key put again":  "\x80\x02}" + memo(text(strings.Repeat("k", 1<<20))) + "r\x01\x02\x03\x04h\x00q\x02Ns" + strings.Repeat("j\x01\x02\x03\x04h\x02Ns", 1<<15) + ".",
		"built key":      "\x80\x02](" + text(strings.Repeat("k", 1<<20)) + "Nbq\x00" + strings.Repeat("h\x00", 1<<16) + "e)R.",
		"long number":    "\x80\x02](" + memo("\x8a\xff"+strings.Repeat("\x7f", 255)) + strings.Repeat("h\x00", 1<<19) + "e)R.",
		"long error":     "\x80\x02](" + memo(text(strings.Repeat("k", 1<<20))) + strings.Repeat("h\x00", 1<<16) + "e)R.",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := loadBytes(checkpointOf(pickle))
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		if err == nil || len(err.Error()) > 1000 || allocated > limit {
			t.Errorf("%s: allocated %d bytes: %.80v", name, allocated, err)
		}
		t.Logf("%-15s %4d kB of pickle, %4d MB allocated: %.60v", name, len(pickle)>>10, allocated>>20, err)
	}
}

// Many tensors of one storage may not multiply it.
func TestSharedStorageBounded(t *testing.T) {
	var p pickler
	p.WriteString("\x80\x02}(")
	for i := range 1000 {
		p.text(fmt.Sprint(i))
		p.view("ByteStorage", "0", 1<<20, 0, []int{1 << 20}, []int{1})
	}
	p.WriteString("u.")
	file := zipOf(entry{"a/data.pkl", p.String()}, entry{"a/data/0", strings.Repeat("x", 1<<20)})
	_, err := loadBytes(file)
	if err == nil || !strings.Contains(err.Error(), "more numbers than the file has bytes") {
		t.Error(err)
	}
}
