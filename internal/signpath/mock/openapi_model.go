package mock

import (
	"encoding/json"
	"net/http"
)

// requestModel is the body of a request in the OpenAPI document. Its properties are those that the server reads, so the
// document can't say otherwise.
type requestModel struct {
	schema string
	read   func(*edit)
	// extras are properties that clients may not know.
	extras func(*organization) map[string]json.RawMessage
	// isEdit tells that omitted properties are kept with Dialect.EditPatches.
	isEdit bool
}

// answerModel is the body of an answer in the OpenAPI document. Its properties are those of a sample that the server
// renders, so the document can't say otherwise.
type answerModel struct {
	// of is what the answer is about, or a list of; "" if a mapping file has no word for it.
	of     thing
	schema string
	// sample is in the names and forms of the default dialect.
	sample func(renderer) object
	// whole describes an answer that has no sample, in place of it.
	whole func(*schemas) object
	// extras are properties that clients may not know.
	extras func(*organization) map[string]json.RawMessage
	// isList tells that the answer is a list of such objects.
	isList bool
	// status is that of success; 0 is 200.
	status int
}

func (m *answerModel) successStatus() int {
	if m == nil || m.status == 0 {
		return http.StatusOK
	}
	return m.status
}

func listAnswer(t thing, entity string, sample func(renderer) object) *answerModel {
	return &answerModel{
		of: t, schema: entity + "ListItem", isList: true,
		sample: func(r renderer) object { return r.summarize(sample(r)) },
	}
}

func createdAnswer(k kind) *answerModel {
	return &answerModel{
		of: thing(k), schema: "Created" + wireKinds[k].event, status: http.StatusCreated,
		whole: func(s *schemas) object { return s.created(k) },
	}
}

var (
	systemInfoAnswer = &answerModel{
		schema: "SystemInfo",
		sample: func(r renderer) object { return systemInfo(r.dialect, "") },
	}
	organizationAnswer = &answerModel{
		of: thingOrganization, schema: "Organization",
		sample: func(r renderer) object { return r.organization.render(1) },
	}
	auditEventList = &answerModel{
		of: thingEvent, schema: "AuditEvent", isList: true,
		sample: func(r renderer) object { return AuditEvent{}.render(r.dialect) },
	}
	auditPartyItem = &answerModel{
		schema: "AuditEventParty",
		sample: func(renderer) object { return EventParty{}.render() },
		// The system has no id.
		extras: func(*organization) map[string]json.RawMessage { return map[string]json.RawMessage{propID: encode("")} },
	}
)
