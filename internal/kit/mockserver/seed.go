package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseSeed reads a seed, as JSON. An unknown key is an error: a typo must not silently seed something else.
func ParseSeed[S any](document []byte) (seed S, err error) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&seed); err != nil {
		return *new(S), fmt.Errorf("seed: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return *new(S), errors.New("seed: there is something behind the JSON object")
	}
	return seed, nil
}

// EmbeddedSeed reads a seed that is a part of the program.
func EmbeddedSeed[S any](document []byte) S {
	seed, err := ParseSeed[S](document)
	if err != nil {
		panic("mock: the embedded seed is broken: " + err.Error())
	}
	return seed
}
