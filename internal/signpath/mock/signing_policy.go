package mock

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
)

type signingPolicy struct {
	ID                       string                     `json:"id"`
	ProjectSlug              string                     `json:"projectSlug"`
	Slug                     string                     `json:"slug"`
	Name                     string                     `json:"name"`
	Description              string                     `json:"description,omitempty"`
	Purpose                  string                     `json:"purpose,omitempty"`
	IsActive                 bool                       `json:"isActive"`
	Submitters               []string                   `json:"submitters"`
	Approvers                []string                   `json:"approvers"`
	UsesApprovalProcess      bool                       `json:"usesApprovalProcess,omitempty"`
	RequiredApprovals        int                        `json:"requiredApprovals,omitempty"`
	VerifiesTrustedBuild     bool                       `json:"verifiesTrustedBuild,omitempty"`
	VerifiesOriginPolicy     bool                       `json:"verifiesOriginPolicy,omitempty"`
	OriginPolicyVerification json.RawMessage            `json:"originPolicyVerification,omitempty"`
	Extras                   map[string]json.RawMessage `json:"extras,omitempty"`
}

// SigningPolicySeed describes a signing policy. Properties are those that clients may not know.
type SigningPolicySeed struct {
	ID                       string   `json:"id,omitempty"`
	Slug                     string   `json:"slug"`
	Name                     string   `json:"name"`
	Description              string   `json:"description,omitempty"`
	Purpose                  string   `json:"purpose,omitempty"`
	Inactive                 bool     `json:"inactive,omitempty"`
	Submitters               []string `json:"submitters,omitempty"`
	Approvers                []string `json:"approvers,omitempty"`
	UseApprovalProcess       bool     `json:"useApprovalProcess,omitempty"`
	RequiredApprovals        int      `json:"requiredApprovals,omitempty"`
	VerifyTrustedBuildSystem bool     `json:"verifyTrustedBuildSystem,omitempty"`
	VerifyOriginPolicy       bool     `json:"verifyOriginPolicy,omitempty"`
	// AllowedBranchNames is short for an OriginPolicyVerification with nothing but these.
	AllowedBranchNames       []string                   `json:"allowedBranchNames,omitempty"`
	OriginPolicyVerification json.RawMessage            `json:"originPolicyVerification,omitempty"`
	Properties               map[string]json.RawMessage `json:"properties,omitempty"`
}

var policyLists = []accessList[signingPolicy, SigningPolicySeed]{
	{
		propSubmitters, "Submitter",
		func(s *signingPolicy) *[]string { return &s.Submitters }, func(s *SigningPolicySeed) *[]string { return &s.Submitters },
	},
	{
		propApprovers, "Approver",
		func(s *signingPolicy) *[]string { return &s.Approvers }, func(s *SigningPolicySeed) *[]string { return &s.Approvers },
	},
}

func (o *organization) addPolicy(p *project, seed SigningPolicySeed) (*signingPolicy, error) {
	if seed.Slug == "" || seed.Name == "" {
		return nil, fmt.Errorf("a signing policy needs a slug and a name: %q, %q", seed.Slug, seed.Name)
	}
	key := p.Slug + "/" + seed.Slug
	if p.policy(seed.Slug) != nil {
		return nil, fmt.Errorf("there are two signing policies %q", key)
	}
	id, err := o.newID(seed.ID, refPolicy, key)
	if err != nil {
		return nil, err
	}
	added := &signingPolicy{
		ID:                       id,
		ProjectSlug:              p.Slug,
		Slug:                     seed.Slug,
		Name:                     seed.Name,
		Description:              seed.Description,
		Purpose:                  seed.Purpose,
		IsActive:                 !seed.Inactive,
		UsesApprovalProcess:      seed.UseApprovalProcess,
		RequiredApprovals:        seed.RequiredApprovals,
		VerifiesTrustedBuild:     seed.VerifyTrustedBuildSystem,
		VerifiesOriginPolicy:     seed.VerifyOriginPolicy,
		OriginPolicyVerification: seed.originPolicyVerification(),
	}
	if err := resolveLists(o, policyLists, added, &seed, fmt.Sprintf("signing policy %q", key)); err != nil {
		return nil, err
	}
	if added.Extras, err = o.newExtras(added, seed.Properties); err != nil {
		return nil, fmt.Errorf("signing policy %q: %w", key, err)
	}
	p.Policies = append(p.Policies, added)
	return added, nil
}

func (s *signingPolicy) seed(o *organization) SigningPolicySeed {
	seed := SigningPolicySeed{
		ID:                       s.ID,
		Slug:                     s.Slug,
		Name:                     s.Name,
		Description:              s.Description,
		Purpose:                  s.Purpose,
		Inactive:                 !s.IsActive,
		UseApprovalProcess:       s.UsesApprovalProcess,
		RequiredApprovals:        s.RequiredApprovals,
		VerifyTrustedBuildSystem: s.VerifiesTrustedBuild,
		VerifyOriginPolicy:       s.VerifiesOriginPolicy,
		OriginPolicyVerification: s.OriginPolicyVerification,
		Properties:               maps.Clone(s.Extras),
	}
	seedLists(o, policyLists, s, &seed)
	return seed
}

func (s SigningPolicySeed) originPolicyVerification() json.RawMessage {
	if len(s.AllowedBranchNames) > 0 {
		return encode(object{propAllowedBranches: s.AllowedBranchNames})
	}
	if len(s.OriginPolicyVerification) == 0 {
		return nil
	}
	return compact(s.OriginPolicyVerification)
}

func (s *signingPolicy) entity() entity {
	return entity{eventSigningPolicy, s.ID, s.ProjectSlug + "/" + s.Slug}
}

func (s *signingPolicy) lists() map[string]*[]string {
	return listsOf(policyLists, s)
}

// summary is the signing policy as the project shows it.
func (s *signingPolicy) summary(r renderer) object {
	return object{
		propID:              s.ID,
		propLink:            r.linkOf(thingPolicy, s.ProjectSlug, s.Slug),
		propSlug:            s.Slug,
		propName:            s.Name,
		propIsActive:        s.IsActive,
		propVerifiesOrigin:  s.VerifiesOriginPolicy,
		propCertificateLink: r.linkOf(thingPolicy, s.ProjectSlug, s.Slug, "Certificate"),
	}
}

func (s *signingPolicy) render(r renderer) object {
	rendered := s.summary(r)
	for name, value := range s.Extras {
		rendered[name] = value
	}
	rendered[propDescription] = nullable(s.Description)
	rendered[propPurpose] = nullable(s.Purpose)
	r.lists(rendered, s)
	rendered[propUsesApproval] = s.UsesApprovalProcess
	rendered[propRequiredApprovals] = s.RequiredApprovals
	rendered[propVerifiesBuildSystem] = s.VerifiesTrustedBuild
	rendered[propOriginVerification] = s.OriginPolicyVerification
	return rendered
}

const policyTemplate = "/Projects/{project}/SigningPolicies/{policy}"

var signingPolicyRoutes = of(thingPolicy, []route{
	{opGet, http.MethodGet, policyTemplate, readProjects, readPolicy, nil, policyAnswer},
	{opEdit, http.MethodPost, policyTemplate + "/Edit", changePolicies, editPolicy, policyEdit, nil},
})

var (
	policyAnswer = &answerModel{
		of:     thingPolicy,
		schema: eventSigningPolicy,
		sample: func(r renderer) object { return r.organization.samplePolicy().render(r) },
		extras: (*organization).policyExtras,
	}
	policyEdit = &requestModel{
		schema: opEdit + eventSigningPolicy,
		read:   readPolicyProperties,
		extras: (*organization).policyExtras,
		isEdit: true,
	}
	policyItem = &answerModel{
		of:     thingPolicy,
		schema: eventSigningPolicy + "Summary",
		sample: func(r renderer) object { return (&signingPolicy{}).summary(r) },
	}
)

func readPolicyProperties(e *edit) {
	sample := e.organization.samplePolicy()
	e.policy(sample)
	e.checkPolicy(*sample, *sample)
}

// samplePolicy has all properties that a signing policy may have.
func (o *organization) samplePolicy() *signingPolicy { return &signingPolicy{Extras: o.policyExtras()} }

// policyExtras are the properties of all signing policies that clients may not know.
func (o *organization) policyExtras() map[string]json.RawMessage {
	extras := map[string]json.RawMessage{}
	for _, p := range o.Projects {
		for _, policy := range p.Policies {
			maps.Copy(extras, policy.Extras)
		}
	}
	return extras
}

func readPolicy(c *call) (answer, *problem) {
	return ok(c.shown(thingPolicy, withAbsent(c.policy.render(c.renderer), c.organization.policyExtras()))), nil
}

func editPolicy(c *call) (answer, *problem) {
	edited := *c.policy
	e := c.edit()
	e.policy(&edited)
	e.checkPolicy(edited, *c.policy)
	if refused := e.problem(); refused != nil {
		return answer{}, refused
	}
	c.change(c.policy, "Edited", func() { *c.policy = edited })
	return done(), nil
}

func (e *edit) policy(s *signingPolicy) {
	read(e, propName, &s.Name)
	read(e, propDescription, &s.Description)
	read(e, propPurpose, &s.Purpose)
	e.lists(s)
	read(e, propUseApproval, &s.UsesApprovalProcess)
	read(e, propRequiredApprovals, &s.RequiredApprovals)
	read(e, propVerifyBuildSystem, &s.VerifiesTrustedBuild)
	read(e, propVerifyOrigin, &s.VerifiesOriginPolicy)
	e.raw(propOriginVerification, &s.OriginPolicyVerification)
	s.Extras = e.extras(s.Extras)
}

// set applies the edit of an administrator.
func (s *signingPolicy) set(e *edit) {
	e.policy(s)
	read(e, propIsActive, &s.IsActive)
	e.slug(&s.Slug, func(slug string) bool { return e.organization.project(s.ProjectSlug).policy(slug) != nil })
	s.Extras = e.addExtras(s.Extras, s.render(renderer{organization: e.organization}))
}

// checkPolicy holds an edited signing policy against the rules.
func (e *edit) checkPolicy(s, before signingPolicy) {
	e.require(propName, s.Name)
	e.checkPurpose(s)
	e.checkVerification(s)
	e.checkSubmitters(s)
	e.checkApprovals(s, before)
	e.checkEdition(s, before)
}

// checkPurpose knows the values that are inferred from the documentation's examples.
func (e *edit) checkPurpose(s signingPolicy) {
	if s.Purpose != "" && s.Purpose != "Test" && s.Purpose != "Release" {
		e.reject(propPurpose, "The purpose '%s' does not exist.", s.Purpose)
	}
}

// checkVerification enforces PRJ: origin verification requires trusted build system verification.
func (e *edit) checkVerification(s signingPolicy) {
	if s.VerifiesOriginPolicy && !s.VerifiesTrustedBuild {
		e.reject(propVerifyOrigin, "Origin verification requires trusted build system verification.")
	}
}

// checkSubmitters enforces PRJ: interactive users cannot be submitters where trusted build system verification is on.
// What that means for groups is not stated, so only direct submitters are refused.
func (e *edit) checkSubmitters(s signingPolicy) {
	if !s.VerifiesTrustedBuild {
		return
	}
	for _, id := range s.Submitters {
		if u := e.organization.usersByID[id]; u != nil && u.Kind == kindInteractiveUser {
			e.reject(propSubmitters,
				"The interactive user '%s' cannot be a submitter, as trusted build system verification is on.", u.Name)
		}
	}
}

// checkApprovals enforces PRJ: the approval process needs k of n approvals. That zero approvers are fine, and that
// only raising k above n is refused, are assumptions; with a group, n is not known.
func (e *edit) checkApprovals(s, before signingPolicy) {
	if s.RequiredApprovals < 0 || s.UsesApprovalProcess && s.RequiredApprovals == 0 {
		e.reject(propRequiredApprovals, "The approval process needs at least one required approval.")
	}
	isRaised := s.UsesApprovalProcess && s.RequiredApprovals > before.RequiredApprovals
	if isRaised && s.RequiredApprovals > len(s.Approvers) && !e.organization.hasGroup(s.Approvers) {
		e.reject(propRequiredApprovals, "There are %d required approvals, but only %d approvers.",
			s.RequiredApprovals, len(s.Approvers))
	}
}

func (o *organization) hasGroup(ids []string) bool {
	for _, id := range ids {
		if o.groupsByID[id] != nil {
			return true
		}
	}
	return false
}
