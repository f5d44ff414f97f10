package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
)

// What of a portable executable is where, in bytes from the beginning of the optional header
// unless said otherwise: https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
const (
	addressOfSignature = 0x3c // From the beginning of the file.
	sizeOfHeaders      = 24   // The signature "PE\0\0" and the COFF header before the optional header.
	checksum           = 64
	magic32, magic64   = 0x10b, 0x20b
	// The fifth of the data directories is that of the certificates.
	certificates32, certificates64 = 96 + 4*8, 112 + 4*8
	// A table of certificates begins at a multiple of that, and so does what follows an entry of it.
	alignment = 8
	// An entry begins with its length, its revision and its kind: the second revision, and a signature by PKCS #7.
	sizeOfEntryHeader = 8
	revision, pkcs7   = 0x200, 2
)

// compare returns an error unless signed is built with a table of certificates at its end, in which is one
// signature, and that is of built. Who made it, it does not ask.
func compare(built, signed []byte) error {
	want, table, err := withoutSignature(built)
	if err != nil {
		return fmt.Errorf("what was built: %w", err)
	}
	if table != 0 {
		return errors.New("what was built has a signature")
	}
	got, table, err := withoutSignature(signed)
	if err != nil {
		return err
	}
	if table == 0 {
		return errors.New("it has no signature")
	}
	if rest := len(want) % alignment; rest != 0 {
		want = append(want, make([]byte, alignment-rest)...)
	}
	if len(got) != len(want) {
		return fmt.Errorf("without the signature it has %d bytes, and what was built has %d", len(got), len(want))
	}
	if !bytes.Equal(got, want) {
		return errors.New("it differs in what a signature does not change")
	}
	return checkSignature(signed[len(signed)-table:], digest(signed[:len(got)]))
}

// checkSignature returns an error unless a table of certificates has one signature and nothing else, which
// has the digest in it.
func checkSignature(table []byte, digest [sha256.Size]byte) error {
	if len(table) < sizeOfEntryHeader {
		return errors.New("its table of certificates has no entry")
	}
	length := int(binary.LittleEndian.Uint32(table))
	if length < sizeOfEntryHeader || length > len(table) || len(table)-length >= alignment {
		return fmt.Errorf("its table of certificates, of %d bytes, is not one entry of %d", len(table), length)
	}
	if binary.LittleEndian.Uint16(table[4:]) != revision || binary.LittleEndian.Uint16(table[6:]) != pkcs7 {
		return errors.New("what is in its table of certificates is no signature by PKCS #7")
	}
	var signature asn1.RawValue
	padding, err := asn1.Unmarshal(table[sizeOfEntryHeader:], &signature)
	if err != nil {
		return fmt.Errorf("its signature: %w", err)
	}
	if len(padding) >= alignment || len(bytes.Trim(padding, "\x00")) > 0 {
		return errors.New("there is something behind its signature")
	}
	if !bytes.Contains(signature.Bytes, digest[:]) {
		return errors.New("its signature is not of this program, or not with SHA-256")
	}
	return nil
}

// digest returns what a signature is of: the hash of an image that ends before its table of certificates, but for
// the checksum and the directory that says where the table is.
func digest(image []byte) (sum [sha256.Size]byte) {
	header, directory, err := headers(image)
	if err != nil {
		return sum
	}
	hash := sha256.New()
	hash.Write(image[:header+checksum])
	hash.Write(image[header+checksum+4 : directory])
	hash.Write(image[directory+8:])
	hash.Sum(sum[:0])
	return sum
}

// withoutSignature returns a copy of an image without what a signature changes: the table of
// certificates at its end, the directory that says where it is, and the checksum. It also returns how
// long the table is; 0 if there is none.
func withoutSignature(image []byte) (rest []byte, table int, err error) {
	rest = bytes.Clone(image)
	header, directory, err := headers(rest)
	if err != nil {
		return nil, 0, err
	}
	clear(rest[header+checksum : header+checksum+4])
	entry := rest[directory : directory+8]
	begin, size := int(binary.LittleEndian.Uint32(entry)), int(binary.LittleEndian.Uint32(entry[4:]))
	if begin == 0 && size == 0 {
		return rest, 0, nil
	}
	if size == 0 || begin < directory+8 || begin+size != len(image) {
		return nil, 0, fmt.Errorf("its table of certificates, of %d bytes from byte %d, is not at its end", size, begin)
	}
	clear(entry)
	return rest[:begin], size, nil
}

// headers returns where in an image the optional header begins, and where the directory of the
// certificates.
func headers(image []byte) (header, directory int, err error) {
	short := errors.New("it is no program for Windows")
	if len(image) < addressOfSignature+4 || !bytes.HasPrefix(image, []byte("MZ")) {
		return 0, 0, short
	}
	signature := int(binary.LittleEndian.Uint32(image[addressOfSignature:]))
	header = signature + sizeOfHeaders
	if len(image) < header+certificates64+8 || !bytes.HasPrefix(image[signature:], []byte("PE\x00\x00")) {
		return 0, 0, short
	}
	switch magic := binary.LittleEndian.Uint16(image[header:]); magic {
	case magic32:
		return header, header + certificates32, nil
	case magic64:
		return header, header + certificates64, nil
	default:
		return 0, 0, fmt.Errorf("it has an optional header of an unknown kind, %#x", magic)
	}
}
