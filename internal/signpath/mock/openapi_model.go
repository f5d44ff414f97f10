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
	schema string
	sample func(renderer) object
	// extras are properties that clients may not know.
	extras func(*organization) map[string]json.RawMessage
	// list is the name of a list of such objects; "" if the answer is one object.
	list string
	// isPaged tells that the list has pages with Dialect.Paging.
	isPaged bool
	// status is that of success; 0 is 200.
	status int
}

func (m *answerModel) successStatus() int {
	if m == nil || m.status == 0 {
		return http.StatusOK
	}
	return m.status
}

func listAnswer(entity, list string, sample func(renderer) object) *answerModel {
	return &answerModel{
		schema: entity + "ListItem",
		sample: func(r renderer) object { return r.summarize(sample(r)) },
		list:   list, isPaged: true,
	}
}

func createdAnswer(names kindNames) *answerModel {
	return &answerModel{
		schema: "Created" + names.event,
		sample: func(r renderer) object {
			body := object{}
			if names.event == wireKinds[kindCIUser].event {
				body[propAPIToken] = ""
			}
			r.addCreatedID(body, names, "")
			return body
		},
		status: http.StatusCreated,
	}
}

var (
	systemInfoAnswer = &answerModel{
		schema: "SystemInfo",
		sample: func(r renderer) object { return systemInfo(r.dialect, "") },
	}
	organizationAnswer = &answerModel{
		schema: "Organization",
		sample: func(r renderer) object { return r.organization.render(1) },
	}
	auditEventList = &answerModel{
		schema: "AuditEvent",
		sample: func(r renderer) object { return AuditEvent{}.render(r.dialect) },
		list:   listEvents,
	}
	auditMetadataItem = &answerModel{
		schema: "AuditEventMetadata",
		sample: func(renderer) object { return object{propActor: nil} },
	}
	auditPartyItem = &answerModel{
		schema: "AuditEventParty",
		sample: func(renderer) object { return EventParty{}.render() },
		// The system has no id.
		extras: func(*organization) map[string]json.RawMessage { return map[string]json.RawMessage{propID: encode("")} },
	}
	memberItem = &answerModel{
		schema: "Member",
		sample: func(r renderer) object { return r.memberObject("") },
	}
	memberKindsItem = &answerModel{
		schema: "MembersPerKind",
		sample: func(r renderer) object { return r.membersPerKind(nil) },
	}
	memberRequest = &requestModel{
		schema: "Member",
		read:   func(e *edit) { _, _ = e.sentObject("") },
	}
	memberKindsRequest = &requestModel{
		schema: "MembersPerKind",
		read:   func(e *edit) { _, _ = e.sentKinds() },
	}
)
