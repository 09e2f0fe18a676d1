import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may use whom: pure libraries know only pure ones; services never know each other. */
const depConstraints = [
  { sourceTag: 'layer:pure', onlyDependOnLibsWithTags: ['layer:pure'] },
  { sourceTag: 'layer:runtime', onlyDependOnLibsWithTags: ['layer:pure', 'layer:runtime'] },
  { sourceTag: 'layer:service', onlyDependOnLibsWithTags: ['layer:pure', 'layer:runtime'] },
  { sourceTag: 'layer:web', onlyDependOnLibsWithTags: ['layer:pure'] },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['layer:pure', 'layer:runtime', 'layer:tool'] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.hermes/**', '.nx/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strict],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints, enforceBuildableLibDependency: false, banTransitiveDependencies: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An index that was just checked, or a regular expression's group, is clearer with `!` than with a throw that cannot happen.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Nest modules are classes without members.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that has it.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
      ],
      eqeqeq: ['error', 'always'],
      'prefer-const': 'error',
      'no-console': 'error',
    },
  },
  { files: ['stack/**', 'test/**', 'tools/**'], rules: { 'no-console': 'off' } },
  prettier,
);
