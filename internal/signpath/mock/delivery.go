package mock

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// delivery is an answer on its way to the client.
type delivery struct {
	status int
	header http.Header
	body   []byte
	cut    cut
}

// cut is where a fault closes the connection.
type cut int

const (
	notCut cut = iota
	cutBeforeAnswer
	cutInBody
)

// deliver renders an answer. Changes of the state after it don't show in it.
func (a answer) deliver() delivery {
	rendered := delivery{status: a.status, header: a.header.Clone(), body: []byte(a.text)}
	if rendered.header == nil {
		rendered.header = http.Header{}
	}
	if a.body == nil {
		return rendered
	}
	rendered.body = encode(a.body)
	if rendered.header.Get("Content-Type") == "" {
		rendered.header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return rendered
}

// write sends the answer. Aborting the handler makes net/http close the connection.
func (d delivery) write(w http.ResponseWriter) {
	if d.cut == cutBeforeAnswer {
		panic(http.ErrAbortHandler)
	}
	for name, values := range d.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(d.body)))
	w.WriteHeader(d.status)
	if d.cut != cutInBody {
		_, _ = w.Write(d.body) // a client that left does not mind
		return
	}
	_, _ = w.Write(d.body[:len(d.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// loggedStatus is 0 if the client gets no status.
func (d delivery) loggedStatus() int {
	if d.cut == cutBeforeAnswer {
		return 0
	}
	return d.status
}

// prevent returns what a fault delivers instead of executing the request.
func (f Fault) prevent() (instead delivery, isPrevented bool) {
	switch f.Action {
	case FaultAnswer:
		return f.answer(), true
	case FaultCutBeforeActing:
		return delivery{cut: cutBeforeAnswer}, true
	}
	return delivery{}, false
}

// headerFault has the action of the fault that changed or replaced an answer.
const headerFault = "Mock-Fault"

// disturb returns what a fault makes of the answer of an executed request.
func (f Fault) disturb(executed delivery) delivery {
	switch f.Action {
	case FaultAnswerAfterActing:
		return f.answer()
	case FaultCutAfterActing:
		executed.cut = cutBeforeAnswer
	case FaultCutBody:
		executed.cut = cutInBody
		if len(executed.body) == 0 { // There is no middle of it: that answer would be whole.
			executed.cut = cutBeforeAnswer
		}
	case FaultMalformedBody:
		executed.body = f.malformed(executed.body)
	case FaultHideProperties:
		executed.body = withoutProperties(executed.body, f.Properties)
	default:
		return executed
	}
	executed.header.Set(headerFault, string(f.Action))
	return executed
}

func (f Fault) answer() delivery {
	canned := delivery{status: f.Status, header: http.Header{}, body: f.body()}
	for name, value := range f.Headers {
		canned.header.Set(name, value)
	}
	canned.header.Set(headerFault, string(f.Action))
	return canned
}

// body is the fault's own body, filled up.
func (f Fault) body() []byte {
	filler := " "
	if f.Body == "" {
		filler = "x"
	}
	missing := max(0, f.BodyBytes-len(f.Body))
	return []byte(f.Body + strings.Repeat(filler, missing))
}

func (f Fault) malformed(body []byte) []byte {
	if own := f.body(); len(own) > 0 {
		return own
	}
	return body[:len(body)/2]
}

// withoutProperties takes properties out of a JSON document, at every level.
func withoutProperties(document []byte, names []string) []byte {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return document
	}
	return encode(strip(value, names))
}

func strip(value any, names []string) any {
	switch typed := value.(type) {
	case []any:
		for i := range typed {
			typed[i] = strip(typed[i], names)
		}
	case map[string]any:
		for name := range typed {
			if slices.Contains(names, name) {
				delete(typed, name)
				continue
			}
			typed[name] = strip(typed[name], names)
		}
	}
	return value
}
