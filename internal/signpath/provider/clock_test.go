package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
)

// NewWithClock is New with a clock that a test can set.
func NewWithClock(now func() time.Time) func() provider.Provider {
	return func() provider.Provider { return &signpathProvider{version: "test", now: now} }
}
