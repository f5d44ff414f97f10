package baselinereview

import (
	tfjson "github.com/hashicorp/terraform-json"
)

// EachResource visits the resources of a module and of those in it.
func EachResource(module *tfjson.StateModule, visit func(*tfjson.StateResource)) {
	if module == nil {
		return
	}
	for _, resource := range module.Resources {
		if resource != nil {
			visit(resource)
		}
	}
	for _, child := range module.ChildModules {
		EachResource(child, visit)
	}
}
