/** PHP's grammar as tests load it: from node_modules. */
import { fileURLToPath } from 'node:url';

export const phpGrammar = fileURLToPath(import.meta.resolve('tree-sitter-php/tree-sitter-php.wasm'));
