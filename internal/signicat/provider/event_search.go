package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/review"
)

// Signicat gives 30 days unless it is asked for more, and an older text of its pages says 60 days at
// most. So a longer time is asked for in parts of 30 days.
const (
	partOfSearch = 30 * 24 * time.Hour
	maxParts     = 13 // More than a year.
)

// searchSince asks for the events since the beginning of a day, the newest first, as many as fit on a
// page.
func searchSince(ctx context.Context, client *api.Client, query api.EventQuery, day baseline.Day, now time.Time) (review.Search, error) {
	start, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return review.Search{}, err
	}
	search := review.Search{Whole: true}
	query.Limit = api.MaxEventsPerPage
	// To the present as the server has it: the first part has no end.
	for part, end := 0, now.UTC().Truncate(time.Second); part == 0 || start.Before(end); part, end = part+1, query.From {
		if part == maxParts {
			search.Whole, search.Gap = false, fmt.Sprintf("It was asked for no events before %s, which is more than a year.", end.Format(time.RFC3339))
			return search, nil
		}
		query.From = later(start, end.Add(-partOfSearch))
		found, err := client.Events(ctx, query)
		var refused *httpapi.Error
		switch {
		case part > 0 && errors.As(err, &refused) && refused.Status == http.StatusBadRequest:
			search.Whole, search.Gap = false, tfkit.Sentence(fmt.Sprintf("Signicat refuses to tell events before %s: %v", end.Format(time.RFC3339), err))
			return search, nil
		case err != nil:
			return review.Search{}, err
		}
		for _, event := range found.Events {
			at, _ := event.Time()
			search.Events = append(search.Events, review.Event{At: at, UserID: string(event.UserID)})
		}
		query.To = query.From
		if query.Limit -= len(found.Events); !found.Whole || query.Limit == 0 && start.Before(query.From) {
			search.Whole = false
			return search, nil
		}
		if query.Limit == 0 {
			return search, nil
		}
	}
	return search, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
