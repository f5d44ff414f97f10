package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// image is a program for Windows as far as a signature has to do with it. Its length is no multiple of
// the alignment of a table of certificates.
func image(magic uint16) []byte {
	const signature = 0x80
	made := bytes.Repeat([]byte{0xcc}, 0x403)
	copy(made, "MZ")
	binary.LittleEndian.PutUint32(made[addressOfSignature:], signature)
	copy(made[signature:], "PE\x00\x00")
	header := signature + sizeOfHeaders
	binary.LittleEndian.PutUint16(made[header:], magic)
	clear(made[header+checksum : header+checksum+4])
	clear(made[directoryIn(made) : directoryIn(made)+8])
	return made
}

func directoryIn(image []byte) int {
	_, directory, err := headers(image)
	if err != nil {
		panic(err)
	}
	return directory
}

// sign does what a signature does to an image.
func sign(built []byte) []byte {
	padded := append(bytes.Clone(built), make([]byte, (alignment-len(built)%alignment)%alignment)...)
	sum := digest(padded)
	return withTable(built, entryOf(revision, pkcs7, append([]byte{0x30, 3 + sha256.Size, 0x01, 0x01, 0xff}, sum[:]...)))
}

// entryOf is an entry of a table of certificates.
func entryOf(revision, kind uint16, content []byte) []byte {
	entry := binary.LittleEndian.AppendUint32(nil, uint32(sizeOfEntryHeader+len(content)))
	entry = binary.LittleEndian.AppendUint16(entry, revision)
	entry = append(binary.LittleEndian.AppendUint16(entry, kind), content...)
	return append(entry, make([]byte, (alignment-len(entry)%alignment)%alignment)...)
}

// withTable adds a table of certificates to an image.
func withTable(built, table []byte) []byte {
	signed := append(bytes.Clone(built), make([]byte, (alignment-len(built)%alignment)%alignment)...)
	header, directory, _ := headers(signed)
	binary.LittleEndian.PutUint32(signed[header+checksum:], 0x12345)
	binary.LittleEndian.PutUint32(signed[directory:], uint32(len(signed)))
	binary.LittleEndian.PutUint32(signed[directory+4:], uint32(len(table)))
	return append(signed, table...)
}

// tableOf is the table of certificates of a signed image.
func tableOf(signed []byte) []byte {
	return bytes.Clone(signed[binary.LittleEndian.Uint32(signed[directoryIn(signed):]):])
}

func TestSignedImage(t *testing.T) {
	for _, magic := range []uint16{magic32, magic64} {
		built := image(magic)
		if err := compare(built, sign(built)); err != nil {
			t.Errorf("%#x: %v", magic, err)
		}
		for name, c := range map[string]struct {
			change func(signed []byte) []byte
			want   string
		}{
			"not signed":    {func([]byte) []byte { return built }, "it has no signature"},
			"another byte":  {func(s []byte) []byte { s[0x300] ^= 1; return s }, "it differs in what a signature does not change"},
			"another entry": {func(s []byte) []byte { s[directoryIn(s)+8] ^= 1; return s }, "it differs in what a signature does not change"},
			"a byte before the table": {func(s []byte) []byte {
				s[0x403] = 1 // Of the padding.
				return s
			}, "it differs in what a signature does not change"},
			"more at the end": {func(s []byte) []byte { return append(s, 0) }, "is not at its end"},
			"cut short":       {func(s []byte) []byte { return s[:len(s)-1] }, "is not at its end"},
			"a longer one":    {func([]byte) []byte { return sign(append(image(magic), make([]byte, 64)...)) }, "what was built has 1032"},
			"not as long":     {func([]byte) []byte { return withTable(built, []byte("cert")) }, "its table of certificates has no entry"},
			"bytes that are none": {
				func([]byte) []byte { return withTable(built, bytes.Repeat([]byte("garbage!"), 20)) },
				"is not one entry of",
			},
			"an appended program": {
				func(s []byte) []byte {
					return withTable(built, append(tableOf(s), bytes.Repeat([]byte("appended"), 100)...))
				},
				"is not one entry of",
			},
			"something within the entry": {func(s []byte) []byte {
				return withTable(built, entryOf(revision, pkcs7, append(tableOf(s)[sizeOfEntryHeader:], "hidden"...)))
			}, "there is something behind its signature"},
			"two signatures":   {func(s []byte) []byte { return withTable(built, append(tableOf(s), tableOf(s)...)) }, "is not one entry of"},
			"another kind":     {func(s []byte) []byte { return withTable(built, entryOf(revision, 1, tableOf(s))) }, "no signature by PKCS #7"},
			"another revision": {func(s []byte) []byte { return withTable(built, entryOf(0x100, pkcs7, tableOf(s))) }, "no signature by PKCS #7"},
			"no ASN.1":         {func([]byte) []byte { return withTable(built, entryOf(revision, pkcs7, []byte{0x30, 0x7f})) }, "its signature: "},
			"that of another one": {func([]byte) []byte {
				other := image(magic)
				other[0x300] ^= 1
				return withTable(built, tableOf(sign(other)))
			}, "its signature is not of this program"},
			"no program": {func([]byte) []byte { return []byte("<html>") }, "it is no program for Windows"},
			"nothing":    {func([]byte) []byte { return nil }, "it is no program for Windows"},
		} {
			if err := compare(built, c.change(sign(built))); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%#x, %s: %v, want %q", magic, name, err, c.want)
			}
		}
		if err := compare(sign(built), sign(built)); err == nil || !strings.Contains(err.Error(), "what was built has a signature") {
			t.Errorf("%#x: %v", magic, err)
		}
	}
}

// Only what fits takes the place of what was built.
func TestRunReplaces(t *testing.T) {
	folder := t.TempDir()
	built, signed, other := filepath.Join(folder, "built.exe"), filepath.Join(folder, "signed.exe"), filepath.Join(folder, "other.exe")
	for path, content := range map[string][]byte{built: image(magic64), signed: sign(image(magic64)), other: sign(image(magic32))} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want []byte) {
		t.Helper()
		got, err := os.ReadFile(built)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	if err := run([]string{built, other}); err == nil {
		t.Error("another program was taken")
	}
	expect(image(magic64))
	if err := run([]string{built, signed}); err != nil {
		t.Error(err)
	}
	expect(sign(image(magic64)))
}

// FuzzCompare looks for images that make it panic. What is built passes with no signature but its own.
func FuzzCompare(f *testing.F) {
	built := image(magic64)
	f.Add(built)
	f.Add(sign(built))
	f.Fuzz(func(t *testing.T, signed []byte) {
		if err := compare(built, signed); err == nil && !bytes.HasPrefix(signed[0x300:], built[0x300:]) {
			t.Error("another program was taken")
		}
		_ = compare(signed, sign(built))
	})
}
