package mock

import (
	"encoding/json"
	"maps"
)

// valueType describes the values of a property in the OpenAPI document.
type valueType func(*schemas) object

// propertyTypes are the types of all properties of wire.go, by their names in the default dialect.
var propertyTypes = func() map[string]valueType {
	types := maps.Clone(ownTypes)
	for _, setting := range settingProperties() {
		types[setting] = optional(plain("string"))
	}
	return types
}()

// ownTypes are the types of the properties that are neither settings of users nor access lists.
var ownTypes = map[string]valueType{
	propID:          formatted("string", "uuid"),
	propLink:        formatted("string", "uri"),
	propSlug:        plain("string"),
	propName:        plain("string"),
	propDescription: optional(plain("string")),

	propAccountEmail:   plain("string"),
	propIsActive:       plain("boolean"),
	propIsSynchronized: plain("boolean"),
	propIsSupportUser:  plain("boolean"),

	propStatus:         plain("string"),
	propRepositoryURLs: listOf(plain("string")),
	propArtifacts:      listOf(reference(artifactConfigurationItem)),
	propArtifactXMLURL: formatted("string", "uri"),

	propCertificateLink:     formatted("string", "uri"),
	propPurpose:             optional(plain("string")),
	propRequiredApprovals:   formatted("integer", "int32"),
	propUsesApproval:        plain("boolean"),
	propUseApproval:         plain("boolean"),
	propVerifiesBuildSystem: plain("boolean"),
	propVerifyBuildSystem:   plain("boolean"),
	propVerifiesOrigin:      plain("boolean"),
	propVerifyOrigin:        plain("boolean"),
	propOriginVerification:  optional((*schemas).originVerification),

	propYearlyMaxSize:       formatted("integer", "int64"),
	propYearlyMaxSignatures: formatted("integer", "int32"),
	propQuotaPeriodStart:    formatted("string", "date-time"),
	propQuotaPeriodEnd:      formatted("string", "date-time"),
	propApplicationVersion:  plain("string"),
	propUIBaseURL:           formatted("string", "uri"),

	propTime:      formatted("string", "date-time"),
	propEventName: plain("string"),
	propMetadata:  emptyObject,
	propActor:     (*schemas).actor,
	propEntity:    reference(auditPartyItem),
}

// emptyObject is the metadata of an event without what a mapping file has a word for.
func emptyObject(*schemas) object {
	return object{"type": "object", "properties": object{}, "additionalProperties": false}
}

func plain(name string) valueType {
	return func(*schemas) object { return object{"type": name} }
}

func formatted(name, format string) valueType {
	return func(*schemas) object { return object{"type": name, "format": format} }
}

func optional(value valueType) valueType {
	return func(s *schemas) object {
		described := value(s)
		described["nullable"] = true
		return described
	}
}

func listOf(item valueType) valueType {
	return func(s *schemas) object { return object{"type": "array", "items": item(s)} }
}

func reference(model *answerModel) valueType {
	return func(s *schemas) object { return s.answer(model) }
}

// actor is the form of the actors of audit events in the dialect.
func (s *schemas) actor() object {
	if s.dialect.TextActors {
		return plain("string")(s)
	}
	return s.answer(auditPartyItem)
}

// originVerification is open, as the mock keeps whatever a client puts into it.
func (s *schemas) originVerification() object {
	return object{
		"type":                 "object",
		"properties":           object{propAllowedBranches: listOf(plain("string"))(s)},
		"additionalProperties": true,
	}
}

// typeOfExtra describes a property that clients may not know by a value of it.
func typeOfExtra(value json.RawMessage) object {
	var decoded any
	if json.Unmarshal(value, &decoded) != nil {
		return object{}
	}
	switch decoded.(type) {
	case string:
		return object{"type": "string", "nullable": true}
	case bool:
		return object{"type": "boolean", "nullable": true}
	case float64:
		return object{"type": "number", "format": "double", "nullable": true}
	case []any:
		return object{"type": "array", "items": object{}, "nullable": true}
	}
	return object{"nullable": true}
}
