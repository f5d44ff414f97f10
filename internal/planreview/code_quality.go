package planreview

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/text"
)

// The parts of GitLab's code quality report.
type (
	qualityIssue struct {
		Description string          `json:"description"`
		CheckName   string          `json:"check_name"`
		Fingerprint string          `json:"fingerprint"`
		Severity    string          `json:"severity"`
		Location    qualityLocation `json:"location"`
	}
	qualityLocation struct {
		Path  string       `json:"path"`
		Lines qualityLines `json:"lines"`
	}
	qualityLines struct {
		Begin int `json:"begin"`
	}
)

// WriteCodeQuality writes the findings that the plan introduces as a code quality report of
// GitLab. Where that has none of the target branch to compare with, all would look new that is
// in it; so what the plan leaves is not. What else somebody has to know is an issue of its own,
// because the format has no other place.
func (r *Report) WriteCodeQuality(w io.Writer, where Locations) error {
	issues := []qualityIssue{}
	for _, f := range r.Findings.Introduced {
		at := where.of(f)
		severity := "major"
		if f.Severity == string(review.Deny) {
			severity = "blocker"
		} else if f.Severity == baselinereview.SeverityNote {
			severity = "info"
		}
		issues = append(issues, qualityIssue{
			Description: text.Visible(f.Sentence + " " + f.Advice), CheckName: f.Rule, Fingerprint: f.Fingerprint, Severity: severity,
			Location: qualityLocation{at.Path, qualityLines{at.Line}},
		})
	}
	for _, n := range r.notifications() {
		severity := map[string]string{"error": "critical", "warning": "info"}[n.level]
		if severity == "" {
			continue
		}
		message := text.Visible(n.text)
		sum := sha256.Sum256([]byte(message))
		at := where.of(Finding{})
		issues = append(issues, qualityIssue{
			Description: message, CheckName: "review", Fingerprint: hex.EncodeToString(sum[:16]), Severity: severity,
			Location: qualityLocation{at.Path, qualityLines{at.Line}},
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(issues)
}
