package mockserver

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// HeaderFault has the action of the fault that changed or replaced an answer.
const HeaderFault = "Mock-Fault"

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

// disturb returns what a fault makes of the answer of an executed request.
func (f Fault) disturb(answer Answer) delivery {
	executed := delivery{Answer: answer}
	switch f.Action {
	case FaultAnswerAfterActing:
		instead := f.answer()
		instead.Caller = answer.Caller
		return instead
	case FaultCutAfterActing:
		executed.cut = cutBeforeAnswer
	case FaultCutBody:
		executed.cut = cutInBody
		if len(executed.Body) == 0 { // There is no middle of it: that answer would be whole.
			executed.cut = cutBeforeAnswer
		}
	case FaultMalformedBody:
		executed.Body = f.malformed(executed.Body)
	case FaultHideProperties:
		executed.Body = withoutProperties(executed.Body, f.Properties)
	default:
		return executed
	}
	executed.Header = answer.Header.Clone()
	if executed.Header == nil {
		executed.Header = http.Header{}
	}
	executed.Header.Set(HeaderFault, string(f.Action))
	return executed
}

func (f Fault) answer() delivery {
	canned := Answer{Status: f.Status, Header: http.Header{}, Body: f.body()}
	for name, value := range f.Headers {
		canned.Header.Set(name, value)
	}
	canned.Header.Set(HeaderFault, string(f.Action))
	return delivery{Answer: canned}
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
	stripped, err := json.Marshal(strip(value, names))
	if err != nil {
		panic(err) // It was decoded just now.
	}
	return stripped
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
