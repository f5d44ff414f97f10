package mockserver

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Answer is what a handler answers. Its body is rendered already, so that later changes of the state do not show in it.
type Answer struct {
	Status int
	// Header may be nil.
	Header http.Header
	Body   []byte
	// Caller is whom the server took the client for, for the request log alone; "" if nobody.
	Caller string
}

// JSON is an answer with a value of the content type application/json. It panics if the value cannot be rendered.
func JSON(status int, value any) Answer { return Encoded(status, "application/json", value) }

// Encoded is JSON with a content type of its own, such as application/problem+json.
func Encoded(status int, contentType string, value any) Answer {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic("mock: unrenderable value: " + err.Error())
	}
	return Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: encoded}
}

// Text is an answer with a text of a content type, such as text/html.
func Text(status int, contentType, text string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: []byte(text)}
}

// Empty is an answer without a body.
func Empty(status int) Answer { return Answer{Status: status} }

// delivery is an answer on its way to the client.
type delivery struct {
	Answer

	cut cut
}

// cut is where a fault closes the connection.
type cut int

const (
	notCut cut = iota
	cutBeforeAnswer
	cutInBody
)

// write sends the answer. Aborting the handler makes net/http close the connection.
func (d delivery) write(w http.ResponseWriter) {
	if d.cut == cutBeforeAnswer {
		panic(http.ErrAbortHandler)
	}
	for name, values := range d.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(d.Body)))
	w.WriteHeader(d.Status)
	if d.cut != cutInBody {
		_, _ = w.Write(d.Body) // a client that left does not mind
		return
	}
	_, _ = w.Write(d.Body[:len(d.Body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// loggedStatus is 0 if the client gets no status.
func (d delivery) loggedStatus() int {
	if d.cut == cutBeforeAnswer {
		return 0
	}
	return d.Status
}
