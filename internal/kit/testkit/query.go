package testkit

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/zclconf/go-cty/cty"
)

// defaultLimit is how many results a list block has that names no limit.
const defaultLimit = 100

// A listBlock is a list block of a query.
type listBlock struct {
	kind, name string
	body       *hclsyntax.Body
}

// Query runs the list blocks of a configuration, as the query of a CLI does.
func (d *Driver) Query(source string) ([]tfjson.ListResourceFoundData, Diagnostics, error) {
	config, err := parseConfiguration(source)
	if err == nil {
		err = config.take(nil)
	}
	if err != nil {
		return nil, nil, err
	}
	w, err := d.newWalk(context.Background(), "query", config, newState(), Options{})
	if err != nil {
		return nil, nil, err
	}
	defer w.kill()
	var found []tfjson.ListResourceFoundData
	var all Diagnostics
	for _, block := range config.lists {
		results, diags := w.list(block)
		found, all = append(found, results...), append(all, diags...)
	}
	return found, all, all.err()
}

func (w *walk) list(block listBlock) ([]tfjson.ListResourceFoundData, Diagnostics) {
	address := "list." + block.kind + "." + block.name
	provider, diags := w.provider(implied(block.kind))
	if diags.hasErrors() {
		return nil, diags
	}
	s, known := provider.schemas.lists[block.kind]
	if !known {
		return nil, failure(address, "Invalid list resource", "The provider does not support list resource "+quoted(block.kind)+".")
	}
	server, ok := provider.server.(tfprotov6.ListResourceServer)
	if !ok {
		return nil, failure(address, "Invalid list resource", "The provider has no list resources.")
	}
	limit, err := w.limitOf(block)
	if err != nil {
		return nil, failure(address, "Invalid limit argument", err.Error())
	}
	body := &hclsyntax.Body{}
	for _, inner := range block.body.Blocks {
		if inner.Type == "config" {
			body = inner.Body
		}
	}
	config, hclDiags := w.evaluator.object(body, s, each{})
	if hclDiags.HasErrors() {
		return nil, hclDiagnostics(hclDiags, w.config.source, address)
	}
	packed := pack(config, s.ty)
	var valid *tfprotov6.ValidateListResourceConfigResponse
	err = w.call("ValidateListResourceConfig", address, false, func(ctx context.Context) (err error) {
		valid, err = server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{
			TypeName: block.kind, Config: packed, IncludeResourceObject: pack(cty.False, cty.Bool), Limit: pack(cty.NumberIntVal(limit), cty.Number),
		})
		return err
	})
	if err != nil {
		return nil, gone(address, err)
	}
	if diags = append(diags, w.config.providerDiagnostics(valid.Diagnostics, address, body)...); diags.hasErrors() {
		return nil, diags
	}
	found, more := w.results(server, provider.schemas.resources[block.kind], block, address, packed, limit)
	return found, append(diags, more...)
}

func (w *walk) limitOf(block listBlock) (int64, error) {
	a, ok := block.body.Attributes["limit"]
	if !ok {
		return defaultLimit, nil
	}
	value, diags := w.evaluator.value(a.Expr, each{})
	if value, _ = value.Unmark(); diags.HasErrors() || value.Type() != cty.Number {
		return 0, fmt.Errorf("the limit is no number: %w", diags)
	}
	limit, _ := value.AsBigFloat().Int64()
	return limit, nil
}

func (w *walk) results(
	server tfprotov6.ListResourceServer, s *schema, block listBlock, address string, config *tfprotov6.DynamicValue, limit int64,
) ([]tfjson.ListResourceFoundData, Diagnostics) {
	var found []tfjson.ListResourceFoundData
	var all Diagnostics
	err := w.call("ListResource", address, false, func(ctx context.Context) error {
		stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: block.kind, Config: config, Limit: limit})
		if err != nil {
			return err
		}
		for result := range stream.Results {
			diags := w.config.providerDiagnostics(result.Diagnostics, address, nil)
			all = append(all, diags...)
			if diags.hasErrors() || result.Identity == nil {
				continue // Some results are nothing but a warning.
			}
			identity, err := unpack(result.Identity.IdentityData, s.identity)
			if err != nil || !identity.IsWhollyKnown() {
				return errors.Join(errors.New("a result has no whole identity"), err)
			}
			values, _ := jsonValue(identity).(map[string]any)
			found = append(found, tfjson.ListResourceFoundData{Address: address, DisplayName: result.DisplayName, Identity: values, ResourceType: block.kind})
			if int64(len(found)) == limit {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, gone(address, err)
	}
	return found, all
}

func (d *Driver) queryStep(step resource.TestStep) error {
	found, _, err := d.Query(step.Config)
	if err != nil {
		return err
	}
	var summaries []tfjson.ListCompleteData
	counts := map[string]int{}
	if config, err := parseConfiguration(step.Config); err == nil {
		for _, block := range config.lists {
			counts["list."+block.kind+"."+block.name] = 0
		}
	}
	for _, result := range found {
		counts[result.Address]++
	}
	for address, total := range counts {
		summaries = append(summaries, tfjson.ListCompleteData{Address: address, Total: total})
	}
	request := querycheck.CheckQueryRequest{Query: found, QuerySummaries: summaries}
	var errs []error
	for _, check := range step.QueryResultChecks {
		response := querycheck.CheckQueryResponse{}
		check.CheckQuery(context.Background(), request, &response)
		errs = append(errs, response.Error)
	}
	return errors.Join(errs...)
}
