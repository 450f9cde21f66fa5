<?php
/**
 * Stands in for LocalSettings.php while a bundle is evaluated: the same settings, with every notice written down.
 */

set_error_handler( static function ( int $level, string $message, string $file, int $line ): bool {
	// Silenced with @
	if ( !( error_reporting() & $level ) ) {
		return false;
	}
	$names = [ E_WARNING => 'warning', E_NOTICE => 'notice', E_DEPRECATED => 'deprecated', E_USER_WARNING => 'warning',
		E_USER_NOTICE => 'notice', E_USER_DEPRECATED => 'deprecated' ];
	$GLOBALS['mwpipeMistakes'][] = [ 'level' => $names[$level] ?? 'error', 'message' => $message, 'file' => $file,
		'line' => $line ];
	return true;
} );

require __DIR__ . '/LocalSettings.php';
