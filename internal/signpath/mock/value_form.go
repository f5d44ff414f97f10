package mock

import (
	"encoding/json"
	"slices"
)

// roleValue is a role on the wire.
func (d Dialect) roleValue(role Role) any {
	switch {
	case d.NullRegularUser && role == RoleRegularUser:
		return nil
	case d.RoleNumbers:
		return slices.Index(roleNumbers, role)
	case d.RoleSpellings[role] != "":
		return d.RoleSpellings[role]
	}
	return string(role)
}

// role reads the role of a user. DIR: a user has one global role, and it is one of those that exist.
func (e *edit) role(target *Role) {
	value, change := e.take(propRole)
	if !change {
		return
	}
	var sent any
	if json.Unmarshal(value, &sent) == nil && sent == nil {
		*target = RoleRegularUser // DIR: the role of a new user
		return
	}
	if _, isText := sent.(string); isText == e.dialect.RoleNumbers {
		e.reject(propRole, "The JSON value could not be converted.")
		return
	}
	for _, role := range Roles() {
		if sameJSON(value, encode(e.dialect.roleValue(role))) {
			*target = role
			return
		}
	}
	e.reject(propRole, "The role '%v' does not exist.", sent)
}

// role lists the roles that are known, as an open enumeration can't be said in OpenAPI.
func (s *schemas) role() object {
	described := s.component("GlobalRole", func() object {
		values := make([]any, 0, len(roleTitles))
		for _, role := range s.dialect.listedRoles() {
			values = append(values, s.dialect.roleValue(role))
		}
		if s.dialect.RoleNumbers {
			return object{"type": "integer", "format": "int32", "enum": values}
		}
		return object{"type": "string", "enum": values}
	})
	if s.dialect.NullRegularUser {
		return object{"allOf": []object{described}, "nullable": true}
	}
	return described
}

// listedRoles are the roles that the OpenAPI document lists: null is no value of an enumeration.
func (d Dialect) listedRoles() []Role {
	roles := Roles()
	if d.RoleNumbers {
		roles = slices.Clone(roleNumbers)
	}
	return slices.DeleteFunc(roles, func(role Role) bool { return d.roleValue(role) == nil })
}

// truth is a boolean of an answer on the wire.
func (d Dialect) truth(is bool) any {
	switch {
	case !d.BooleanTexts:
		return is
	case is:
		return "True"
	}
	return "False"
}

// truth is the form of the booleans that the dialect may write as texts.
func (s *schemas) truth() object {
	if s.dialect.BooleanTexts {
		return plain("string")(s)
	}
	return plain("boolean")(s)
}

// tokenValue is a new API token on the wire.
func (d Dialect) tokenValue(token string) any {
	if d.TokenObjects {
		return object{propTokenValue: token}
	}
	return token
}

// token is the form of new API tokens in the dialect.
func (s *schemas) token() object {
	if !s.dialect.TokenObjects {
		return plain("string")(s)
	}
	return s.component("ApiToken", func() object {
		return object{
			"type":                 "object",
			"properties":           object{propTokenValue: plain("string")(s)},
			"additionalProperties": false,
			"required":             []string{propTokenValue},
		}
	})
}
