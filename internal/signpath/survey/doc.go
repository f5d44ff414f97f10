// Package survey reads a live organization in the form that a review looks at. It is
// the one reader behind the reports, the reviews of plans, the export and the provider's
// guardrails.
package survey
