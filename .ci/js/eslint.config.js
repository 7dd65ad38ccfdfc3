// Bugs, not looks. Run from the project's folder: `make check`.
import js from "@eslint/js";
import globals from "globals";

const unsafe = "Text goes in by textContent; the server's sanitised HTML by static/js/dom/safe_html.js alone.";

export default [
  { ignores: ["static/vendor/**", "**/*.d.ts"] },
  js.configs.recommended,
  {
    files: ["static/js/**/*.js", "tests/js/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: ["error", "always", { null: "ignore" }],
      complexity: ["error", 10],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "no-alert": "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-throw-literal": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]", message: unsafe },
        { selector: "CallExpression[callee.property.name='insertAdjacentHTML']", message: unsafe },
        { selector: "CallExpression[callee.object.name='document'][callee.property.name='write']", message: unsafe },
      ],
    },
  },
  // The one door for HTML that the server has sanitised.
  { files: ["static/js/dom/safe_html.js"], rules: { "no-restricted-syntax": "off" } },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: globals.node }, rules: { "max-lines": "off" } },
];
