module cctoken

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1
	github.com/syumai/workers v0.33.0
	honnef.co/go/js/dom/v2 v2.0.0-20250304181735-b5e52f05e89d
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect
