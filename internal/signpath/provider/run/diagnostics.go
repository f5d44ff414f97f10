package run

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Which roles SignPath documents for what this provider does; said when it
// answers 403.
const (
	NeedsAnyRole = "Every active user of the organization may read this, and the organization is the right one: the token's user can be asked for who it is. " +
		"Check whether the user is still active, and whether a proxy or firewall refuses the request."
	NeedsUserAdmin  = "Managing users needs the role User Administrator or Global Administrator."
	NeedsGroupAdmin = "Managing user groups needs the role User Administrator or Global Administrator. " +
		"SignPath documents that for users; that it holds for groups is inferred."
	needsProjectAdmin = "Changing access lists needs the role Project Administrator or Global Administrator. " +
		"A configurator of the project may change its artifact configurations and webhooks only."
	NeedsProjectRead = "SignPath answers 403 for a project or signing policy that does not exist, and for one that the token's user may not see. " +
		"Seeing all of them needs the role Global Administrator, Project Administrator or Global Reader; seeing one needs a right on it. " +
		"Check the slugs, and the role of the token's user."
)

// A Failure is an error, with what it happened to and where to point.
type Failure struct {
	// at is the attribute that the error is about; empty for the resource.
	At path.Path
	// doing says what failed, to precede "failed": "Reading project \"a\"".
	Doing string
	// needs says which role the operation needs, for a 403.
	Needs string
	// granting is true where the principal may be one that the configuration
	// creates.
	Granting bool
	// creating is true for the create of the resource.
	Creating bool
	// ImportForm says what an import id is like, where that is what failed; no configuration
	// can be corrected then.
	ImportForm string
}

// unknownMemberAdvice cannot go by what was done: a reference to a resource arrives as the
// text that it stands for, and what another provider block plans does not arrive at all.
const unknownMemberAdvice = "Correct the reference, or create the principal first. " +
	"If this configuration creates it, there are two reasons why it is not known yet. " +
	"Where it is named as text, refer to the `member` attribute of its resource instead, so that Terraform creates it before. " +
	"Where that is so already, its resource has another provider block (another alias): each is a process of its own, which does not know what the other one plans. " +
	"Use one provider block for both, or create the principal in an apply of its own, with -target."

// IsInForce tells whether a change that ended with an error was carried out as it was
// asked for, so that the state has to have it.
func IsInForce(err error) bool {
	var lost *api.LostPropertiesError
	return errors.As(err, &lost) && lost.Done
}

// AddFailure reports err. The summary is short and constant per kind of error, and that of
// a warning ends with its subject: of warnings with one summary, Terraform shows the first;
// the detail says what happened to which object, what SignPath said, and what
// to do.
func AddFailure(diags *diag.Diagnostics, f Failure, err error) {
	if err == nil {
		return
	}
	summary, advice := Explain(f, err)
	detail := tfkit.Sentence(f.Doing + " failed: " + err.Error())
	if advice != "" {
		detail += "\n\n" + advice
	}
	var failed *httpapi.Error
	if !errors.As(err, &failed) {
		AddError(diags, f.At, summary, detail)
		return
	}
	at := f.At
	if failed.IsOfAll() {
		at = path.Empty() // No attribute of the resource is wrong.
	}
	diags.Append(failedRequest{
		DiagnosticWithPath: diag.NewAttributeErrorDiagnostic(at, summary, detail), request: failed.Method + " " + failed.Path, isOfAll: failed.IsOfAll(),
	})
}

// A failedRequest is the error of a request, which other resources of the run may need as well.
type failedRequest struct {
	diag.DiagnosticWithPath
	request string
	// isOfAll is true where every request of the run fails alike.
	isOfAll bool
}

// tellOnce takes out of diagnostics what the run has told already: a wrong token is one error,
// and not one for each resource. It does so where the run is sure to be a plan, which fails then.
// Elsewhere it leaves the error, with few words: a plan that an apply makes again is carried out.
func (s *Session) tellOnce(diags *diag.Diagnostics) {
	if s == nil {
		return
	}
	var left diag.Diagnostics
	for _, d := range *diags {
		failed, ok := d.(failedRequest)
		key := failed.request
		if failed.isOfAll {
			key = ""
		}
		isTold := false
		if ok {
			_, isTold = s.told.LoadOrStore(key, true)
		}
		switch isPlan := s.isPlan.Load(); {
		case !isTold || !isPlan && !failed.isOfAll:
			left = append(left, d)
		case !isPlan:
			left = append(left, diag.NewAttributeErrorDiagnostic(failed.Path(), failed.Summary(), "As another error of this run says. Nothing was changed here."))
		}
	}
	*diags = left
}

// AddError reports an error on an attribute, or on the resource if at is empty.
func AddError(diags *diag.Diagnostics, at path.Path, summary, detail string) {
	if at.Equal(path.Empty()) {
		diags.AddError(summary, detail)
		return
	}
	diags.AddAttributeError(at, summary, detail)
}

// AddWarning is [AddError] for a warning.
func AddWarning(diags *diag.Diagnostics, at path.Path, summary, detail string) {
	if at.Equal(path.Empty()) {
		diags.AddWarning(summary, detail)
		return
	}
	diags.AddAttributeWarning(at, summary, detail)
}

// adviceOnMember says what to do about a reference that names nobody.
func adviceOnMember(notFound *access.NotFoundError, isGranting bool) string {
	reference := notFound.Reference
	switch {
	case len(notFound.Suggestions) > 0 && isGranting:
		return "Correct the reference. If this configuration creates it under that very name, refer to the `member` attribute of its resource."
	case access.IsID(reference.Key):
		by := "name"
		if reference.Kind == access.KindUser {
			by = "e-mail"
		}
		return fmt.Sprintf("No %s has this id. Correct it, or name the %[1]s by its %s.", reference.Kind.Noun(), by)
	case isGranting:
		return unknownMemberAdvice
	}
	return "Correct the reference, or create the principal first."
}

// Explain returns the summary for the error, and what to do about it.
func Explain(f Failure, err error) (summary, advice string) {
	var failed *httpapi.Error
	summary, advice = explainFinding(f, err)
	switch {
	case summary != "":
		return summary, advice
	case errors.As(err, &failed):
		return failed.Explain(httpapi.Audience{
			Spell: httpapi.Field.String, Source: providerBlock, Run: "Terraform", Token: "Set " + api.EnvToken + " to a valid one.", Forbidden: f.Needs,
		})
	}
	return "SignPath operation failed", ""
}

// explainFinding is Explain for what is no mere failure of a request; else the summary is empty.
func explainFinding(f Failure, err error) (summary, advice string) {
	var (
		notFound   *access.NotFoundError
		ambiguous  *access.AmbiguousError
		refused    *vocabulary.RefusedError
		gone       *api.GoneError
		lost       *api.LostPropertiesError
		lostCreate *api.LostCreateError
		noAuditLog *api.AuditLogError
	)
	if f.ImportForm != "" && IsNobody(err) {
		return "Cannot import what does not exist", f.ImportForm
	}
	switch {
	case errors.As(err, &notFound):
		return "Unknown member", adviceOnMember(notFound, f.Granting) + " " + DestroyNote
	case errors.As(err, &ambiguous):
		return "Ambiguous member", ""
	case errors.As(err, &refused):
		return "Member not allowed here", ""
	case errors.As(err, &gone):
		return "Unknown object", DestroyNote
	case errors.As(err, &lost):
		summary, advice = "SignPath changed who may do what", ""
		if len(lost.Lost) > 0 {
			summary = "SignPath lost settings in an edit"
			advice = "Put them back in SignPath's web application now, and do not apply again before you know why this installation drops them; " +
				"please report it to this provider's project. The change that was asked for may be in force."
		}
		if f.Creating && lost.Done {
			advice += "\n\nWhat this resource stands for is in force, and in the state. Terraform calls it tainted and would replace it, which takes nobody off: " +
				"run `terraform untaint` with its address to keep it as it is."
		}
		return summary, strings.TrimSpace(advice)
	case contractAdvice(err) != "":
		return "SignPath's API is not as expected", contractAdvice(err)
	case errors.As(err, &lostCreate):
		return "Unknown outcome of a create", "Apply again: Terraform then looks for it once more. If it exists, Terraform takes it over, " +
			"which the plan shows as a replacement although it stays the same one at SignPath; if not, Terraform creates it."
	case errors.As(err, &noAuditLog):
		return "No audit log", f.Needs
	}
	return "", ""
}

// providerBlock says that a setting is in the configuration.
func providerBlock(setting httpapi.Field) string { return string(setting) + " of the provider block" }

// tellWait warns once if SignPath let a request wait for long.
func (s *Session) tellWait(diags *diag.Diagnostics) {
	if s == nil || s.Client.LongestWait() == 0 {
		return
	}
	if _, isTold := s.told.LoadOrStore("wait", true); isTold {
		return
	}
	diags.AddWarning(fmt.Sprintf("SignPath let Terraform wait: %s, at %s", s.Client.LongestWait().Round(time.Second), s.Client.URL()),
		"A request got no answer at first, or one that says to come back, and had to be sent again for that long. "+
			"Nothing is wrong with this resource, which needed the answer. "+
			"What the requests were answered stands in the log (TF_LOG=warn).")
}

// AddEditWarnings passes on what an edit of the subject changed without being asked.
func AddEditWarnings(diags *diag.Diagnostics, subject string, warnings api.Warnings) {
	if len(warnings) > 0 {
		diags.AddWarning("SignPath changed another setting: "+subject, strings.Join(warnings, "\n\n"))
	}
}
