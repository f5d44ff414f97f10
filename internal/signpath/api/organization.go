package api

import (
	"context"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
)

// An Organization is what SignPath tells of the organization itself.
type Organization struct {
	ID, Name string
	// QuotaPeriodStart and QuotaPeriodEnd are times as the server writes them.
	QuotaPeriodStart, QuotaPeriodEnd string
	// The quotas are nil where the server does not tell, as self-hosted
	// installations may not.
	YearlyMaxSizeOfArtifactsInBytes       *int64
	YearlyMaxNumberOfIndividualSignatures *int64
}

// Organization reads the organization.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	return c.snapshot.organization.get(ctx, func(ctx context.Context) (Organization, error) {
		o, err := c.getObject(ctx, contract.RouteOrganization)
		if err != nil {
			return Organization{}, err
		}
		e := entity{name: "the organization", read: contract.RouteOrganization}
		_ = c.snapshot.identify(e, c.OrganizationID())
		if err := c.examine(e.read, e, o); err != nil {
			return Organization{}, c.unusable(contract.RouteOrganization, nil, err)
		}
		return Organization{
			ID: c.OrganizationID(), Name: o.Text(contract.PropName),
			QuotaPeriodStart: o.Text(contract.PropQuotaStart), QuotaPeriodEnd: o.Text(contract.PropQuotaEnd),
			YearlyMaxSizeOfArtifactsInBytes:       o.Number(contract.PropYearlySize),
			YearlyMaxNumberOfIndividualSignatures: o.Number(contract.PropYearlySignatures),
		}, nil
	})
}

// Me is the user whose token the client uses.
type Me struct{ access.Principal }

// Me reads the token's own user: a CI user, or else an interactive user.
func (c *Client) Me(ctx context.Context) (Me, error) {
	return c.snapshot.me.get(ctx, func(ctx context.Context) (Me, error) {
		me, err := c.meAs(ctx, access.KindCIUser)
		if !httpapi.IsRefusal(err) {
			return me, err
		}
		// The token is not a CI user's, or it is no good at all: the second
		// answer tells.
		return c.meAs(ctx, access.KindUser)
	})
}

func (c *Client) meAs(ctx context.Context, kind access.Kind) (Me, error) {
	r := contract.RoutesOf[kind].Me
	o, err := c.getObject(ctx, r)
	if err != nil {
		return Me{}, err
	}
	err = c.examine(r, principalEntity(kind, o.ID()), o)
	if err != nil {
		return Me{}, c.unusable(r, nil, err)
	}
	p, err := decodePrincipal(kind, o)
	if err != nil {
		return Me{}, c.unusable(r, nil, err)
	}
	return Me{p}, nil
}
