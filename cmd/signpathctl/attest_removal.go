package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// An entryToRemove is one entry by which somebody has a role: what a resource for a whole list, or
// one for a single entry, has.
type entryToRemove struct {
	// whole and single are the types of resources that can have it, and arguments those that say
	// which list it is, in order.
	whole, single string
	arguments     [][2]string
	// group has the members, if it is that of a group.
	group, member evidence.Subject
}

// argumentGroup says whose members they are.
const argumentGroup = "group"

// tellRemoval says how a decision becomes a change of the configuration, one line each.
func tellRemoval(removal evidence.Removal, decided evidence.Decisions, read *evidence.Report, managed []managedResource) []string {
	sentence := fmt.Sprintf("%s, %s, is to go: decided by %s on %s", removal.Reference, removal.Text, removal.By, removal.On)
	if removal.Reason != "" {
		sentence += ", " + removal.Reason
	}
	lines := []string{sentence}
	entry, ok := entryOf(removal.Holding)
	if !ok {
		return append(lines, "  No resource manages that: it is given and taken on the organization page of the web application.")
	}
	lines = append(lines, entry.tell(managed)...)
	if len(removal.Via) > 0 {
		lines = append(lines, besidesGroup(removal.Holding, decided, read)...)
	}
	return append(lines, staysBy(removal.Holding, decided, read)...)
}

// staysBy says by which other ways the principal has the same role there.
func staysBy(h evidence.Holding, decided evidence.Decisions, read *evidence.Report) []string {
	var lines []string
	for _, other := range evidence.Holdings(read.Access) {
		isSame := other.ID == h.ID && other.Role == h.Role && other.Place == h.Place && other.Way != h.Way
		if isSame && !decided.Removes(other.Way) {
			lines = append(lines, "  They keep it in another way: "+other.Text+".")
		}
	}
	return lines
}

// tellLastHolders warns where the decisions leave nobody with the role that may do everything.
func tellLastHolders(decided evidence.Decisions, read *evidence.Report) []string {
	most, held, left := vocabulary.SignPath.Most, false, false
	for _, h := range evidence.Holdings(read.Access) {
		if h.Role == most && h.Status == access.StatusActive {
			held, left = true, left || !decided.Removes(h.Way)
		}
	}
	if !held || left {
		return nil
	}
	return []string{"These decisions leave no active " + vocabulary.SignPath.Description(most).Title +
		" in the organization: nobody could take them back. Keep one, or give somebody else the role first."}
}

// entryOf finds the entry that has to go: the membership in the group next to the principal, the
// entry of a list, or the assignment of a role.
func entryOf(h evidence.Holding) (entryToRemove, bool) {
	entry := entryToRemove{member: h.Subject}
	if depth := len(h.Via); depth > 0 {
		members := vocabulary.GroupMembers
		entry.whole, entry.single = members.Type(), members.EntryType()
		entry.group = h.Via[depth-1]
		entry.arguments = [][2]string{{argumentGroup, entry.group.Reference.String()}}
		return entry, true
	}
	for _, list := range vocabulary.Lists() {
		if list.Role() == h.Role && list.Kind() == vocabulary.SignPath.KindAt(h.Place) && list.Kind() != "" {
			entry.whole, entry.single = list.Type(), list.EntryType()
			for depth, kind := range vocabulary.SignPath.Places {
				if slug := h.Place.Slug(depth); slug != "" {
					entry.arguments = append(entry.arguments, [2]string{kind.Key, slug})
				}
			}
			return entry, true
		}
	}
	if slices.Contains(vocabulary.PrivilegedRoles(), h.Role) {
		entry.whole, entry.single = vocabulary.RoleHoldersType, vocabulary.RoleAssignmentType
		entry.arguments = [][2]string{{"role", string(h.Role)}}
		return entry, true
	}
	return entry, false
}

// tell says what to take out of which resource: of those that manage it, if there is a state to
// know them by, else of whichever does.
func (e entryToRemove) tell(managed []managedResource) []string {
	line := fmt.Sprintf("      - %q,", e.member.Reference.String())
	which := e.spellArguments()
	var lines []string
	for _, resource := range managed {
		switch {
		case resource.Type == e.whole && e.isAt(resource) && slices.ContainsFunc(resource.texts("members"), e.isMember):
			lines = append(lines, "  In "+resource.Address+", take this line out of members:", line)
		case resource.Type == e.single && e.isAt(resource) && isNamed(e.member, resource.text("member"), resource.text("member_id")):
			lines = append(lines, "  Remove the resource "+resource.Address+".")
		}
	}
	switch {
	case len(lines) > 0:
		return lines
	case managed != nil:
		return []string{"  No resource of the state manages it: take " + e.member.Reference.String() + " off by hand, or import the list first (" +
			e.whole + ", " + which + ")."}
	}
	return []string{
		"  If " + e.whole + " with " + which + " manages the list, take this line out of its members, or the reference that stands for it:", line,
		fmt.Sprintf("  If %s with %s and member = %q manages the entry, remove the resource.", e.single, which, e.member.Reference.String()),
	}
}

func (e entryToRemove) spellArguments() string {
	spelled := make([]string, len(e.arguments))
	for i, argument := range e.arguments {
		spelled[i] = fmt.Sprintf("%s = %q", argument[0], argument[1])
	}
	return strings.Join(spelled, ", ")
}

// isAt tells whether the resource is of the same list.
func (e entryToRemove) isAt(resource managedResource) bool {
	return !slices.ContainsFunc(e.arguments, func(argument [2]string) bool {
		if argument[0] == argumentGroup {
			return !isNamed(e.group, resource.text(argumentGroup), resource.text("group_id"))
		}
		return resource.text(argument[0]) != argument[1]
	})
}

func (e entryToRemove) isMember(text string) bool { return isNamed(e.member, text, "") }

// isNamed tells whether a resource means a principal: by the id that it computes, or as it was called in the report or by id.
func isNamed(s evidence.Subject, text, computed string) bool {
	if computed != "" {
		return strings.EqualFold(computed, s.ID)
	}
	reference, err := access.ParseEntry(text)
	if err != nil {
		return false
	}
	id, isID := reference.ID()
	return reference.Same(s.Reference) || isID && id == s.ID
}

// besidesGroup says what else the principal has through the same group, which goes with the
// membership, and how to take the right from all of the group instead.
func besidesGroup(h evidence.Holding, decided evidence.Decisions, read *evidence.Report) []string {
	last := h.Via[len(h.Via)-1]
	var besides []string
	for _, other := range evidence.Holdings(read.Access) {
		if depth := len(other.Via); depth > 0 && other.ID == h.ID && other.Via[depth-1].ID == last.ID && other.Way != h.Way {
			kept := ""
			if decided.Keeps(other.Way) {
				kept = ", which the table keeps: decide which of the two is meant"
			}
			besides = append(besides, other.Text+kept)
		}
	}
	lines := []string{"  The report shows nothing else that the principal has through " + last.Reference.String() + "."}
	if len(besides) > 0 {
		lines = []string{"  With the membership goes what else the principal has through " + last.Reference.String() + ":"}
		for _, text := range besides {
			lines = append(lines, "      "+text)
		}
	}
	if read.IsFiltered() {
		lines = append(lines, "  The report is of a part of the organization: there may be more.")
	}
	direct := h
	direct.Subject, direct.Via = h.Via[0], nil
	if entry, ok := entryOf(direct); ok {
		lines = append(lines, fmt.Sprintf("  To take it from everybody in %s instead, take the group off: %s with %s.", h.Via[0].Reference, entry.whole, entry.spellArguments()))
	}
	return lines
}

// A managedResource is an instance of a resource in a state, as far as an entry can be in it.
type managedResource struct {
	Address, Type string
	Values        map[string]any
}

func (r managedResource) text(name string) string {
	text, _ := r.Values[name].(string)
	return text
}

func (r managedResource) texts(name string) []string {
	list, _ := r.Values[name].([]any)
	var texts []string
	for _, element := range list {
		if text, isText := element.(string); isText {
			texts = append(texts, text)
		}
	}
	return texts
}

// A stateModule is a module in a state as JSON.
// Source: https://developer.hashicorp.com/terraform/internals/json-format#values-representation.
type stateModule struct {
	Resources []managedResource `json:"resources"`
	Children  []stateModule     `json:"child_modules"`
}

func (m stateModule) all() []managedResource {
	all := slices.Clone(m.Resources)
	for _, child := range m.Children {
		all = append(all, child.all()...)
	}
	return all
}

// readManaged returns the resources of a state, or of the state before a plan; nil without a file.
func readManaged(path string) ([]managedResource, error) {
	if path == "" {
		return nil, nil
	}
	document, err := os.ReadFile(path) //nolint:gosec // The caller names the file on the command line.
	if err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	type state struct {
		FormatVersion string `json:"format_version"`
		Values        *struct {
			Root stateModule `json:"root_module"`
		} `json:"values"`
	}
	var read struct {
		state
		Prior *state `json:"prior_state"`
	}
	if err := json.Unmarshal(document, &read); err != nil || read.FormatVersion == "" {
		return nil, fmt.Errorf("--state: %s is no state or plan as terraform show -json prints it", path)
	}
	values := read.Values
	if values == nil && read.Prior != nil {
		values = read.Prior.Values
	}
	managed := []managedResource{}
	if values != nil {
		managed = append(managed, values.Root.all()...)
	}
	return managed, nil
}
