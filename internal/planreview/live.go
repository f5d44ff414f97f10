package planreview

import "github.com/signpath-community/terraform-provider-signpath/internal/access/review"

// A Live organization is what SignPath's API knows of the organization of a plan, at
// the time of the review.
type Live struct {
	Organization review.Organization
	// Gaps are sentences on what the token could not see.
	Gaps []string
}
