package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// An owner is what an access list belongs to.
type owner struct {
	// description is for comments: `signing policy "release-signing"`.
	description string
	// name is the resource name of its lists.
	name string
	// attributes name it in a resource for one of its lists, and notes are comments
	// on them.
	attributes []attribute
	notes      []string
	// importID names it in the import of a whole list, and entryImportID in that of
	// an entry.
	importID, entryImportID string
	// isPlace is true for projects and signing policies, of which the module has the lists.
	isPlace bool
	// isWatched is true if its lists are written also where nobody is on them: who comes
	// onto them is to stand in a plan.
	isWatched bool
}

func (g *generator) groupOwner(group access.Principal) owner {
	s := g.speller.spell(group.ID)
	return owner{
		notes: s.comment("group"), description: "user group " + quote(group.Name), name: g.speller.names[group.ID],
		attributes: []attribute{{"group", s.expression}}, importID: s.text,
		// A name could contain what separates it from the member.
		entryImportID: group.IDReference().String(),
	}
}

func projectOwner(project access.Place, name string) owner {
	slug := project.Slug(0)
	return owner{
		description: "project " + quote(slug), name: name,
		attributes: []attribute{{"project", literal(slug)}}, importID: slug, entryImportID: slug, isPlace: true,
	}
}

func policyOwner(policy access.Place, name string) owner {
	id := policy.String()
	return owner{
		description: "signing policy " + quote(id), name: name,
		attributes: []attribute{{"project", literal(policy.Slug(0))}, {"signing_policy", literal(policy.Slug(1))}},
		importID:   id, entryImportID: id, isPlace: true,
	}
}

// commented is a file with comments.
type commented interface{ comment(lines ...string) }

// A listFile takes the access lists of an owner.
type listFile interface {
	commented
	// whole writes a list that these are on, and nobody else.
	whole(g *generator, of owner, list vocabulary.List, members []spelling)
	// entries is where a list is written that is managed entry by entry.
	entries(of owner, list vocabulary.List) *document
}

func (d *document) whole(g *generator, of owner, list vocabulary.List, members []spelling) {
	g.add(d, resource{
		typeName: list.Type(), name: of.name, importID: of.importID, notes: of.notes,
		attributes: append(slices.Clone(of.attributes), attribute{"members", memberList(members)}),
	})
	if of.isPlace {
		g.moves.movedTo(inModule(of, list), traversal(list.Type(), of.name))
	}
}

func (d *document) entries(owner, vocabulary.List) *document { return d }

// list writes an access list: as a whole, or by entries where it has one that
// cannot be named.
func (g *generator) list(d listFile, of owner, list vocabulary.List, entries review.Entries) {
	members := g.sorted(entries.References)
	switch {
	case len(members) == 0 && !of.isWatched && !g.options.EmptyLists:
		d.comment(fmt.Sprintf("Nobody is among the %s of %s, so Terraform does not manage that list.", list.Plural, of.description))
		g.summary.leftOut(list.Type(), reasonEmpty, 1)
		g.summary.Unwatched++
	case g.speller.isWhole(members):
		spelled := make([]spelling, len(members))
		for i, id := range members {
			spelled[i] = g.speller.spell(id)
		}
		d.whole(g, of, list, spelled)
	default:
		g.entries(d.entries(of, list), of, list, members)
	}
}

// sorted returns the ids of members, by kind, then by e-mail or name. A survey names
// members by their ids.
func (g *generator) sorted(members []access.Reference) []string {
	kinds := append(access.Kinds(), access.KindUnknown)
	key := func(id string) (int, string) {
		p, found := g.Directory.Get(id)
		if !found {
			return len(kinds), ""
		}
		return slices.Index(kinds, p.Kind), p.Reference().Folded().Key
	}
	ids := make([]string, len(members))
	for i, member := range members {
		ids[i] = member.Key
	}
	slices.SortFunc(ids, func(a, b string) int {
		kindA, keyA := key(a)
		kindB, keyB := key(b)
		return cmp.Or(cmp.Compare(kindA, kindB), cmp.Compare(keyA, keyB), cmp.Compare(a, b))
	})
	return ids
}

// entries writes the entries of a list one by one, as far as they are known. The
// others stay as they are, which a resource for the whole list would remove.
func (g *generator) entries(d *document, of owner, list vocabulary.List, members []string) {
	var strangers []string
	var known []string
	for _, id := range members {
		if _, found := g.Directory.Get(id); found {
			known = append(known, id)
		} else {
			strangers = append(strangers, id)
		}
	}
	if len(strangers) > 0 {
		d.comment(fmt.Sprintf("Among the %s of %s are ids that no user or group has, so the list is managed entry by entry, without them:", list.Plural, of.description),
			"  "+strings.Join(strangers, ", "))
		g.summary.leftOut(list.EntryType(), reasonUnknown, len(strangers))
	} else {
		d.comment(fmt.Sprintf("The %s of %s are managed entry by entry, because Terraform would spell some of their names differently.", list.Plural, of.description))
	}
	names := g.entryNames(of, known)
	for _, id := range known {
		member := g.speller.spell(id)
		g.add(d, resource{
			typeName: list.EntryType(), name: names[id], importID: of.entryImportID + "/" + member.text,
			notes:      append(slices.Clone(of.notes), member.comment("member")...),
			attributes: append(slices.Clone(of.attributes), attribute{"member", member.expression}),
		})
	}
}

// entryNames names the entries of a list, by member. No name has two underscores
// in a row, so these are unlike those of every other list.
func (g *generator) entryNames(of owner, members []string) map[string]string {
	things := make([]named, len(members))
	for i, id := range members {
		p, _ := g.Directory.Get(id)
		name := g.speller.names[id]
		things[i] = named{key: id, candidates: []string{name, vocabulary.ResourceNoun(p.Kind) + "_" + name}, mark: id}
	}
	names := uniqueNames(things)
	for id := range names {
		names[id] = of.name + "__" + names[id]
	}
	return names
}
