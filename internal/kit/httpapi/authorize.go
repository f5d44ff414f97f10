package httpapi

import "context"

// Authorize gets the token that requests carry, unless one is at hand: for a client whose requests say
// what only the token tells. Its errors are those of the exchange.
func (c *Client) Authorize(ctx context.Context) error {
	if c.exchanger == nil {
		return nil
	}
	_, _, err := c.exchanger.tokenFor(ctx)
	return err
}
