package mock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// validate tells what is wrong with a dialect that no server could speak.
func (d Dialect) validate() error {
	for _, check := range []func() error{
		d.validateChoices, d.validateMembers, d.validateLists, d.validateVersion, d.validateNames, d.validateRoles,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (d Dialect) validateChoices() error {
	switch {
	case !slices.Contains([]CreateIDForm{CreateIDEntity, CreateIDPlain, CreateIDLocationOnly}, d.CreateIDForm):
		return fmt.Errorf("dialect: unknown form %q of the id in a create", d.CreateIDForm)
	case !slices.Contains([]ActivationVerbs{ActivateDeactivate, EnableDisable}, d.ActivationVerbs):
		return fmt.Errorf("dialect: unknown activation verbs %q", d.ActivationVerbs)
	case !slices.Contains([]DocumentForm{DocumentTrue, DocumentOld, DocumentAssumedNames}, d.Document):
		return fmt.Errorf("dialect: unknown form %q of the document", d.Document)
	case d.NoDocument && d.Document != DocumentTrue:
		return errors.New("dialect: a document is either wrong or not there")
	case d.Document == DocumentOld && d.hasOldOriginNames():
		return errors.New("dialect: the document of an old installation is right for an old server")
	}
	return nil
}

func (d Dialect) validateMembers() error {
	switch {
	case d.MembersPerKind && (d.MemberObjects || d.MemberObjectRequests || d.MemberTypes):
		return errors.New("dialect: members are either objects or ids per kind")
	case d.MemberTypes && (d.MemberObjects || d.MemberObjectRequests):
		return errors.New("dialect: members that are objects have either a type or a name")
	}
	return nil
}

func (d Dialect) validateLists() error {
	switch _, isPaging := pagings[d.Paging.Kind]; {
	case !isPaging && d.Paging != Paging{}:
		return fmt.Errorf("dialect: unknown paging %q", d.Paging.Kind)
	case d.Paging.Size < 0:
		return fmt.Errorf("dialect: %d is no size of a page", d.Paging.Size)
	case d.WrappedLists && d.Paging.isEnvelope():
		return errors.New("dialect: a list is either wrapped or in the envelope of a page")
	case d.ListLag < 0:
		return fmt.Errorf("dialect: the list lag %s is negative", d.ListLag)
	case d.ReadLag < 0:
		return fmt.Errorf("dialect: the read lag %s is negative", d.ReadLag)
	}
	return nil
}

// validateRoles refuses roles that could not be told apart.
func (d Dialect) validateRoles() error {
	if d.RoleNumbers && len(d.RoleSpellings) > 0 {
		return errors.New("dialect: roles are either numbers or texts")
	}
	for _, role := range slices.Sorted(maps.Keys(d.RoleSpellings)) {
		if !role.isKnown() {
			return fmt.Errorf("dialect: there is no role %q to spell otherwise", role)
		}
		if !isName(d.RoleSpellings[role]) {
			return fmt.Errorf("dialect: %q is no name for the role %q", d.RoleSpellings[role], role)
		}
	}
	return (&front{dialect: d, mapping: &mapping{roles: d.writtenRoles()}}).checkRoles()
}

func (d Dialect) validateVersion() error {
	if d.Version == "" {
		return nil
	}
	if _, err := parseVersion(d.Version); err != nil {
		return err
	}
	if d.OldOriginNames && !d.isBefore(originNamesVersion) {
		return fmt.Errorf("dialect: the version %s has the new names of origin verification", d.Version)
	}
	return nil
}

func (d Dialect) validateNames() error {
	for _, renamed := range []map[string]string{d.Renamed, d.RenamedInRequests} {
		for name, other := range renamed {
			if !slices.Contains(knownProperties, name) {
				return fmt.Errorf("dialect: there is no property %q to rename", name)
			}
			if !isName(other) {
				return fmt.Errorf("dialect: %q is no name for the property %q", other, name)
			}
		}
	}
	for _, spell := range []func(string) string{d.requestName, d.answerName} {
		if err := d.distinctNames(spell); err != nil {
			return err
		}
	}
	for _, name := range d.Hidden {
		if isList := slices.ContainsFunc(principalKinds, func(k kind) bool { return wireKinds[k].list == name }); isList || !isName(name) {
			return fmt.Errorf("dialect: %q is no property that can be hidden", name)
		}
	}
	return d.validateDemanded()
}

// validateDemanded refuses properties that requests have anyhow.
func (d Dialect) validateDemanded() error {
	for _, name := range d.Demanded {
		if !isName(name) {
			return fmt.Errorf("dialect: %q is no name for a property", name)
		}
		for _, property := range knownProperties {
			if strings.EqualFold(d.requestName(property), name) || strings.EqualFold(property, name) {
				return fmt.Errorf("dialect: the property %q is not for Edits alone", name)
			}
		}
	}
	return nil
}

// isName tells whether a text can be a name on the wire that ParseDialect takes, too.
func isName(text string) bool { return text != "" && !strings.ContainsAny(text, ":,= .") }

// distinctNames refuses two properties of one name. Names are compared without case, as in requests.
func (d Dialect) distinctNames(spell func(string) string) error {
	owners := map[string]string{}
	for _, property := range knownProperties {
		if property == propType && !d.MemberTypes {
			continue
		}
		name := strings.ToLower(spell(property))
		if other, taken := owners[name]; taken {
			return fmt.Errorf("dialect: the properties %q and %q would both be named %q", other, property, spell(property))
		}
		owners[name] = property
	}
	return nil
}

// checkHidden refuses to hide what nothing in the organization has.
func (o *organization) checkHidden(d Dialect) error {
	extras := o.projectExtras()
	maps.Copy(extras, o.policyExtras())
	for _, name := range d.Hidden {
		if !slices.Contains(knownProperties, name) && extras[name] == nil {
			return fmt.Errorf("dialect: there is no property %q to hide", name)
		}
	}
	return nil
}
