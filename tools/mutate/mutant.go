package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"strings"
)

// mutant is a source file with one token changed.
type mutant struct {
	file   string // as it is printed
	line   int
	start  int // the bytes that are replaced
	end    int
	text   string // by what
	above  string // the line before, without what surrounds it
	before string // the line
	after  string
}

// exchanged says for each operator which one is put in its place: the one that a slip
// would put there, and that tests which only look at the middle do not notice.
var exchanged = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.OR, token.AND_NOT: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
	token.INC: token.DEC, token.DEC: token.INC,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.MUL_ASSIGN: token.QUO_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN, token.REM_ASSIGN: token.MUL_ASSIGN,
	token.AND_ASSIGN: token.OR_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN, token.XOR_ASSIGN: token.OR_ASSIGN,
	token.SHL_ASSIGN: token.SHR_ASSIGN, token.SHR_ASSIGN: token.SHL_ASSIGN,
}

// mutants returns those of one file. Some do not compile.
func mutants(name string, source []byte, files *token.FileSet, tree *ast.File) []mutant {
	var found []mutant
	add := func(at token.Pos, length int, text string) {
		start := files.Position(at).Offset
		m := mutant{file: name, line: files.Position(at).Line, start: start, end: start + length, text: text}
		first := strings.LastIndexByte(string(source[:start]), '\n') + 1
		rest, _, _ := strings.Cut(string(source[m.end:]), "\n")
		lines := strings.Split(string(source[:first]), "\n")
		m.above = strings.TrimSpace(lines[max(0, len(lines)-2)])
		m.before = strings.TrimSpace(string(source[first:m.end]) + rest)
		m.after = strings.TrimSpace(string(source[first:start]) + text + rest)
		found = append(found, m)
	}
	exchange := func(at token.Pos, operator token.Token) {
		if other, ok := exchanged[operator]; ok {
			add(at, len(operator.String()), other.String())
		}
	}
	// Where nothing is compared and nothing negated, there is no token to change: one is added.
	negate := func(conditions ...ast.Expr) {
		for _, e := range conditions {
			switch e := e.(type) {
			case *ast.Ident:
				if e.Name != "true" && e.Name != "false" {
					add(e.Pos(), 0, "!")
				}
			case *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr:
				add(e.Pos(), 0, "!")
			}
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			exchange(n.OpPos, n.Op)
			if n.Op == token.LAND || n.Op == token.LOR {
				negate(n.X, n.Y)
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT || n.Op == token.SUB || n.Op == token.XOR {
				add(n.OpPos, 1, "")
			}
		case *ast.IncDecStmt:
			exchange(n.TokPos, n.Tok)
		case *ast.AssignStmt:
			exchange(n.TokPos, n.Tok)
		case *ast.IfStmt:
			negate(n.Cond)
		case *ast.CaseClause:
			negate(n.List...)
		case *ast.ReturnStmt:
			negate(n.Results...)
		case *ast.Ident:
			switch n.Name {
			case "true":
				add(n.Pos(), len(n.Name), "false")
			case "false":
				add(n.Pos(), len(n.Name), "true")
			}
		case *ast.BasicLit:
			if n.Kind == token.INT {
				value := constant.MakeFromLiteral(n.Value, token.INT, 0)
				add(n.Pos(), len(n.Value), constant.BinaryOp(value, token.ADD, constant.MakeInt64(1)).ExactString())
			}
		}
		return true
	})
	return found
}

// of is the file's text as the mutant has it.
func (m mutant) of(source []byte) []byte {
	return append(append(append([]byte{}, source[:m.start]...), m.text...), source[m.end:]...)
}
