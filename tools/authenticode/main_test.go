package main

import (
	"bytes"
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
	signed := append(bytes.Clone(built), make([]byte, (alignment-len(built)%alignment)%alignment)...)
	table := bytes.Repeat([]byte("certificate"), 16)
	header, directory, _ := headers(signed)
	binary.LittleEndian.PutUint32(signed[header+checksum:], 0x12345)
	binary.LittleEndian.PutUint32(signed[directory:], uint32(len(signed)))
	binary.LittleEndian.PutUint32(signed[directory+4:], uint32(len(table)))
	return append(signed, table...)
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
			"no program":      {func([]byte) []byte { return []byte("<html>") }, "it is no program for Windows"},
			"nothing":         {func([]byte) []byte { return nil }, "it is no program for Windows"},
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
