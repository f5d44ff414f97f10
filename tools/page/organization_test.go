package page_test

import (
	"fmt"
	"strings"
)

// The seed of `signpathctl mock`, as far as the test needs it.
type (
	organization struct {
		Organization     identity      `json:"organization"`
		InteractiveUsers []interactive `json:"interactiveUsers"`
		CIUsers          []ciUser      `json:"ciUsers"`
		UserGroups       []userGroup   `json:"userGroups"`
		Projects         []project     `json:"projects"`
	}
	identity struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	interactive struct {
		Name     string `json:"name"`
		Email    string `json:"email"`
		Identity string `json:"identity,omitempty"`
		Role     string `json:"role,omitempty"`
		Inactive bool   `json:"inactive,omitempty"`
	}
	ciUser struct {
		Name  string `json:"name"`
		Role  string `json:"role,omitempty"`
		Token string `json:"token,omitempty"`
	}
	userGroup struct {
		Name    string   `json:"name"`
		Members []string `json:"members"`
	}
	project struct {
		Slug            string          `json:"slug"`
		Name            string          `json:"name"`
		Readers         []string        `json:"readers,omitempty"`
		Configurators   []string        `json:"configurators,omitempty"`
		SigningPolicies []signingPolicy `json:"signingPolicies,omitempty"`
	}
	signingPolicy struct {
		Slug                     string   `json:"slug"`
		Name                     string   `json:"name"`
		Submitters               []string `json:"submitters,omitempty"`
		Approvers                []string `json:"approvers,omitempty"`
		UseApprovalProcess       bool     `json:"useApprovalProcess,omitempty"`
		RequiredApprovals        int      `json:"requiredApprovals,omitempty"`
		VerifyTrustedBuildSystem bool     `json:"verifyTrustedBuildSystem,omitempty"`
		VerifyOriginPolicy       bool     `json:"verifyOriginPolicy,omitempty"`
	}
)

// How large the organization is: 200 principals and 90 signing policies.
const (
	users, ciUsers, groups = 140, 40, 20
	projects, policies     = 35, 90
)

// Names that a page can break on: markup, text that runs from right to left, names
// that never end, and characters that turn round what follows.
const (
	markup     = `<script>document.title='run'</script><img src=x onerror=alert(1)>`
	rightLeft  = "مديرة الإصدارات"
	endless    = "Nightly-Integration-Build-Of-The-Whole-Product-Line-Including-Every-Language-Pack-And-All-The-Drivers-For-Everything-We-Ever-Sold"
	hostile    = "</style></script>\u202egnp.exe"
	longSlug   = "embedded-controller-firmware-for-the-second-generation-of-devices"
	mailOfLead = "dev.lead@example.com"
)

var oddUsers = map[int]interactive{
	0: {Name: "Olivia Owner", Email: "owner@example.com", Role: "GlobalAdministrator"},
	1: {Name: "Deputy", Email: "deputy@example.com", Role: "GlobalAdministrator"},
	2: {Name: "Dev Lead", Email: mailOfLead},
	3: {Name: rightLeft, Email: "release.manager@example.com"},
	4: {Name: hostile, Email: "hostile@example.com"},
	5: {Name: "Jürgen Groß 日本語 🙂", Email: "jürgen@example.com", Role: "ProjectAdministrator"},
	6: {Name: "User Desk", Email: "user.desk@example.com", Role: "UserAdministrator"},
	7: {Name: endless, Email: strings.ToLower(endless[:60]) + "@example.com"},
}

var oddCIUsers = map[int]ciUser{
	0: {Name: "terraform", Role: "GlobalReader", Token: "cGFnZS10b2tlbi1vZi1hLXRlc3QtMDAwMDAwMDAwMDA="},
	1: {Name: markup},
	2: {Name: endless},
}

// seed is a company with teams that own projects, leads in nested groups, and what
// goes wrong in such a place: people who left, invitations nobody took up, an empty
// group, CI users that do everything.
func seed() organization {
	o := organization{Organization: identity{"5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", "Example"}}
	for i := range users {
		u, odd := oddUsers[i]
		if !odd {
			u = interactive{Name: fmt.Sprintf("Engineer %03d", i), Email: fmt.Sprintf("engineer.%03d@example.com", i), Inactive: i%23 == 0}
		}
		if i%29 != 12 { // The others have not accepted their invitation.
			u.Identity = fmt.Sprintf("example:%d", i)
		}
		o.InteractiveUsers = append(o.InteractiveUsers, u)
	}
	for i := range ciUsers {
		c, odd := oddCIUsers[i]
		if !odd {
			c = ciUser{Name: fmt.Sprintf("build-%02d", i)}
		}
		o.CIUsers = append(o.CIUsers, c)
	}
	for i := range groups {
		o.UserGroups = append(o.UserGroups, team(i))
	}
	left := policies
	for i := range projects {
		p := newProject(i, min(left, 2+i%2))
		left -= len(p.SigningPolicies)
		o.Projects = append(o.Projects, p)
	}
	o.Projects[projects-1].SigningPolicies = append(o.Projects[projects-1].SigningPolicies, spare(left)...)
	return o
}

func user(i int) string { return "user:" + seedMail(i) }

func seedMail(i int) string {
	if u, odd := oddUsers[i]; odd {
		return u.Email
	}
	return fmt.Sprintf("engineer.%03d@example.com", i)
}

func ci(i int) string {
	if c, odd := oddCIUsers[i]; odd {
		return "ci_user:" + c.Name
	}
	return fmt.Sprintf("ci_user:build-%02d", i)
}

// team is one of 14 teams of seven; Leads holds Release Managers, which holds
// Security; one group is empty.
func team(i int) userGroup {
	switch i {
	case 14:
		return userGroup{"Leads", []string{"group:Release Managers", user(2)}}
	case 15:
		return userGroup{"Release Managers", []string{"group:Security", user(3), user(20)}}
	case 16:
		return userGroup{"Security", []string{user(4), user(30), user(12)}}
	case 17:
		return userGroup{Name: "Auditors " + rightLeft, Members: []string{user(8), user(9)}}
	case 18:
		return userGroup{Name: "Contractors"}
	case 19:
		return userGroup{Name: endless, Members: []string{user(7), user(10)}}
	}
	g := userGroup{Name: fmt.Sprintf("Team %02d", i)}
	for j := range 7 {
		g.Members = append(g.Members, user(20+7*i+j))
	}
	return g
}

func newProject(i, count int) project {
	p := project{
		Slug: fmt.Sprintf("product-%02d", i), Name: fmt.Sprintf("Product %02d", i),
		Readers: []string{fmt.Sprintf("group:Team %02d", i%14), "group:Auditors " + rightLeft}, Configurators: []string{user(20 + 7*(i%14))},
	}
	switch i {
	case 3:
		p.Slug = longSlug
	case 4:
		p.Readers = append(p.Readers, "group:Contractors", "group:"+endless)
	case 5:
		p.Configurators = append(p.Configurators, user(2))
	}
	for j := range count {
		p.SigningPolicies = append(p.SigningPolicies, newPolicy(i, j))
	}
	return p
}

var policySlugs = []string{"test-signing", "release-signing", "nightly-signing", "driver-signing"}

func newPolicy(i, j int) signingPolicy {
	s := signingPolicy{Slug: policySlugs[j], Name: policySlugs[j], Submitters: []string{ci(3 + i%37)}, VerifyOriginPolicy: i%8 != 0}
	if j == 1 {
		s.UseApprovalProcess, s.RequiredApprovals, s.Approvers = true, 2, []string{"group:Leads"}
		s.VerifyTrustedBuildSystem = i%4 == 0
	}
	switch {
	case i == 0:
		s.Submitters = append(s.Submitters, ci(1), ci(2), user(2))
	case i == 7 && j == 1:
		s.Approvers = []string{user(2)}
	case i%4 == 0 && j == 1:
		s.Submitters = append(s.Submitters, user(20+7*(i%14)))
	}
	return s
}

// How large a large organization is: 5,000 principals and 1,000 projects.
const largeUsers, largeCIUsers, largeGroups, largeProjects = 3800, 1000, 200, 1000

// largeSeed is a company with a team for every few projects. What the small one has that is odd, it has too.
func largeSeed() organization {
	o := organization{Organization: identity{"5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", "Example"}}
	for i := range largeUsers {
		u, odd := oddUsers[i]
		if !odd {
			u = interactive{Name: fmt.Sprintf("Engineer %04d", i), Email: largeMail(i), Inactive: i%230 == 0}
		}
		if i%290 != 12 {
			u.Identity = fmt.Sprintf("example:%d", i)
		}
		o.InteractiveUsers = append(o.InteractiveUsers, u)
	}
	for i := range largeCIUsers {
		c, odd := oddCIUsers[i]
		if !odd {
			c = ciUser{Name: fmt.Sprintf("build-%04d", i)}
		}
		o.CIUsers = append(o.CIUsers, c)
	}
	for i := range largeGroups {
		g := userGroup{Name: fmt.Sprintf("Team %03d", i)}
		for j := range 18 {
			g.Members = append(g.Members, "user:"+largeMail(100+i*18+j))
		}
		o.UserGroups = append(o.UserGroups, g)
	}
	for i := range largeProjects {
		o.Projects = append(o.Projects, largeProject(i))
	}
	return o
}

func largeMail(i int) string {
	if u, odd := oddUsers[i]; odd {
		return u.Email
	}
	return fmt.Sprintf("engineer.%04d@example.com", i)
}

func largeProject(i int) project {
	team, member := fmt.Sprintf("group:Team %03d", i%largeGroups), "user:"+largeMail(100+i%largeGroups*18+i/largeGroups)
	p := project{
		Slug: fmt.Sprintf("product-%04d", i), Name: fmt.Sprintf("Product %04d", i), Readers: []string{team}, Configurators: []string{member},
	}
	for j := range 2 + i%2 {
		s := signingPolicy{Slug: policySlugs[j], Name: policySlugs[j], VerifyOriginPolicy: true}
		s.Submitters = []string{ciOfLarge(3 + i*997/1000)}
		if j == 1 {
			s.UseApprovalProcess, s.RequiredApprovals, s.Approvers = true, 1, []string{team}
			if i%20 == 0 {
				s.Submitters = append(s.Submitters, "user:"+largeMail(101+i%largeGroups*18))
			}
		}
		p.SigningPolicies = append(p.SigningPolicies, s)
	}
	return p
}

func ciOfLarge(i int) string {
	if c, odd := oddCIUsers[i]; odd {
		return "ci_user:" + c.Name
	}
	return fmt.Sprintf("ci_user:build-%04d", i)
}

// spare fills up to the number of signing policies that the organization has.
func spare(count int) []signingPolicy {
	var more []signingPolicy
	for i := range count {
		more = append(more, signingPolicy{Slug: fmt.Sprintf("channel-%02d", i), Name: "Channel", Submitters: []string{ci(39)}})
	}
	return more
}
