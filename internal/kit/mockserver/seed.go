package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseSeed reads a seed, as JSON. An unknown key is an error: a typo must not silently seed something else. An error names
// the line, and the path of what is wrong there, such as "line 12: projects[1].slugg".
func ParseSeed[S any](document []byte) (seed S, err error) {
	if err := checkKeys(document, seed); err != nil {
		return *new(S), fmt.Errorf("seed: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&seed); err != nil {
		return *new(S), fmt.Errorf("seed: %w", atLine(document, err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return *new(S), fmt.Errorf("seed: line %d: there is something behind the JSON object", lineOf(document, decoder.InputOffset()))
	}
	return seed, nil
}

// atLine says where a document is not what it should be, if the error tells.
func atLine(document []byte, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", lineOf(document, syntax.Offset), err)
	case errors.As(err, &mistyped):
		return fmt.Errorf("line %d: %s can't be of the JSON type %s", lineOf(document, mistyped.Offset), cmp.Or(mistyped.Field, "the seed"), mistyped.Value)
	case errors.Is(err, io.EOF):
		return errors.New("there is no JSON object")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("line %d: the JSON object has no end", lineOf(document, int64(len(document))))
	}
	return err
}

// lineOf is the line of the byte before an offset, from 1.
func lineOf(document []byte, offset int64) int {
	return 1 + bytes.Count(document[:max(0, min(offset, int64(len(document)))-1)], []byte("\n"))
}

// EmbeddedSeed reads a seed that is a part of the program.
func EmbeddedSeed[S any](document []byte) S {
	seed, err := ParseSeed[S](document)
	if err != nil {
		panic("mock: the embedded seed is broken: " + err.Error())
	}
	return seed
}
