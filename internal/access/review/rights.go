package review

import "github.com/signpath-community/terraform-provider-signpath/internal/access"

// Evidence says how well something is known.
type Evidence string

const (
	// Documented is what SignPath's documentation states.
	Documented Evidence = "documented"
	// Inferred is deduced from what it states. An access review errs on the side
	// of more access where it has to infer.
	Inferred Evidence = "inferred"
)

// A Holder is what gives permissions: a global role, an entry of an access list, or
// being SignPath's support user. Exactly one field is set.
type Holder struct {
	Role access.Role
	// List is the plural of an access list: "approvers".
	List    string
	Support bool
}

// A Right is one cell of the table: whether the holder has the permission, and how
// that is known.
type Right struct {
	Holder     Holder
	Permission Permission
	Granted    bool
	Evidence   Evidence
	Source     string
}

// Rights returns the whole table: a right for each holder and permission.
func Rights() []Right {
	all := make([]Right, 0, len(rightsTable)*permissions)
	for _, row := range rightsTable {
		for p, cell := range row.cells {
			all = append(all, Right{row.holder, Permission(p), cell.granted, cell.evidence, cell.source})
		}
	}
	return all
}

// Where SignPath documents the rights.
const (
	readPermissions = `users page, "Read permissions"; changelog 1.202.0`
	userRoles       = `users page, "User roles"`
	listsOnly       = `users page, "Permissions": submitters and approvers are named per signing policy`
	permissionLists = `users page, "Permissions": per project or signing policy, apart from global roles`
	supportUsers    = `users page, "Support users": administrative privileges`
	projectSettings = `projects page, "Project settings"`
	signingPolicies = `projects page, "Signing policies"`
	approvalProcess = `projects page, "Approval process"`
)

type cell struct {
	granted  bool
	evidence Evidence
	source   string
}

func yes(source string) cell { return cell{true, Documented, source} }
func no(source string) cell  { return cell{false, Documented, source} }

// inferred marks what the source does not say in so many words.
func (c cell) inferred() cell {
	c.evidence = Inferred
	return c
}

// rightsTable is SignPath's rules of who may do what. The documentation is silent on
// whether an administrator may submit or approve without being on the list. It names
// the lists as where that is granted, so no role is taken to include it; whoever
// administers projects can put themself on a list, which an audit log shows.
var rightsTable = []struct {
	holder Holder
	cells  [permissions]cell
}{
	{Holder{Role: access.RoleGlobalAdministrator}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          yes(readPermissions),
		Configure:              yes(userRoles),
		AdministerProjects:     yes(userRoles),
		AdministerUsers:        yes(userRoles),
		AdministerCertificates: yes(userRoles),
		Everything:             yes(userRoles),
	}},
	{Holder{Role: access.RoleCertificateAdministrator}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          no(readPermissions),
		Configure:              no(userRoles),
		AdministerProjects:     no(userRoles),
		AdministerUsers:        no(userRoles),
		AdministerCertificates: yes(userRoles),
		Everything:             no(userRoles),
	}},
	{Holder{Role: access.RoleUserAdministrator}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          no(readPermissions),
		Configure:              no(userRoles),
		AdministerProjects:     no(userRoles),
		AdministerUsers:        yes(userRoles),
		AdministerCertificates: no(userRoles),
		Everything:             no(userRoles),
	}},
	{Holder{Role: access.RoleProjectAdministrator}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          yes(readPermissions),
		Configure:              yes(userRoles),
		AdministerProjects:     yes(userRoles),
		AdministerUsers:        no(userRoles),
		AdministerCertificates: no(userRoles),
		Everything:             no(userRoles),
	}},
	{Holder{Role: access.RoleGlobalReader}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          yes(readPermissions),
		Configure:              no(userRoles),
		AdministerProjects:     no(userRoles),
		AdministerUsers:        no(userRoles),
		AdministerCertificates: no(userRoles),
		Everything:             no(userRoles),
	}},
	{Holder{Role: access.RoleDirectorySynchronizer}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          no(readPermissions),
		Configure:              no(userRoles),
		AdministerProjects:     no(userRoles),
		AdministerUsers:        yes(userRoles),
		AdministerCertificates: no(userRoles),
		Everything:             no(userRoles),
	}},
	{Holder{Role: access.RoleRegularUser}, [permissions]cell{
		Submit:                 no(userRoles),
		Approve:                no(userRoles),
		ReadArtifacts:          no(readPermissions),
		Configure:              no(userRoles),
		AdministerProjects:     no(userRoles),
		AdministerUsers:        no(userRoles),
		AdministerCertificates: no(userRoles),
		Everything:             no(userRoles),
	}},
	{Holder{Support: true}, [permissions]cell{
		Submit:                 no(listsOnly).inferred(),
		Approve:                no(listsOnly).inferred(),
		ReadArtifacts:          yes(readPermissions),
		Configure:              yes(supportUsers).inferred(),
		AdministerProjects:     yes(supportUsers).inferred(),
		AdministerUsers:        yes(supportUsers).inferred(),
		AdministerCertificates: yes(supportUsers).inferred(),
		Everything:             yes(supportUsers).inferred(),
	}},
	{Holder{List: access.Readers.Plural}, [permissions]cell{
		Submit:                 no(projectSettings),
		Approve:                no(projectSettings),
		ReadArtifacts:          yes(projectSettings),
		Configure:              no(projectSettings),
		AdministerProjects:     no(permissionLists),
		AdministerUsers:        no(permissionLists),
		AdministerCertificates: no(permissionLists),
		Everything:             no(permissionLists),
	}},
	{Holder{List: access.Configurators.Plural}, [permissions]cell{
		Submit:                 no(projectSettings),
		Approve:                no(projectSettings),
		ReadArtifacts:          yes(readPermissions),
		Configure:              yes(projectSettings),
		AdministerProjects:     no(permissionLists),
		AdministerUsers:        no(permissionLists),
		AdministerCertificates: no(permissionLists),
		Everything:             no(permissionLists),
	}},
	{Holder{List: access.Submitters.Plural}, [permissions]cell{
		Submit:                 yes(signingPolicies),
		Approve:                no(approvalProcess),
		ReadArtifacts:          yes(readPermissions),
		Configure:              no(projectSettings),
		AdministerProjects:     no(permissionLists),
		AdministerUsers:        no(permissionLists),
		AdministerCertificates: no(permissionLists),
		Everything:             no(permissionLists),
	}},
	{Holder{List: access.Approvers.Plural}, [permissions]cell{
		Submit:                 no(signingPolicies),
		Approve:                yes(approvalProcess),
		ReadArtifacts:          yes(readPermissions),
		Configure:              no(projectSettings),
		AdministerProjects:     no(permissionLists),
		AdministerUsers:        no(permissionLists),
		AdministerCertificates: no(permissionLists),
		Everything:             no(permissionLists),
	}},
}

// grantedRights are the cells that grant something, by holder and permission.
var grantedRights = func() map[Holder][]*Right {
	granted := map[Holder][]*Right{}
	for _, right := range Rights() {
		if right.Granted {
			granted[right.Holder] = append(granted[right.Holder], &right)
		}
	}
	return granted
}()

// unknownRole is the source of the rights that an unknown role may well have.
const unknownRole = "nothing is known of the role, so it counts as the one that allows most"

// mostRightsOf returns what the holder is granted. Of a role that is unknown, that is all
// that any role grants. Who must surely have a right is for the asker to find out; see
// [Reason.isSure].
func mostRightsOf(holder Holder) []*Right {
	if !holder.Role.IsUnknown() {
		return grantedRights[holder]
	}
	var granted []*Right
	for _, right := range grantedRights[Holder{Role: holder.Role.AtMost()}] {
		granted = append(granted, &Right{holder, right.Permission, true, Inferred, unknownRole})
	}
	return granted
}

// rightOf returns the cell if it grants the permission, or nil.
func rightOf(holder Holder, permission Permission) *Right {
	for _, right := range mostRightsOf(holder) {
		if right.Permission == permission {
			return right
		}
	}
	return nil
}
