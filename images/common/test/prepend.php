<?php
/**
 * What MediaWiki's tests take from composer's dev dependencies, for a machine without them. Loaded by the command line's
 * auto_prepend_file: the tests' bootstrap starts a second PHP that needs the same.
 */
spl_autoload_register( static function ( string $class ): void {
	if ( $class === 'Wikimedia\TestingAccessWrapper' ) {
		require_once __DIR__ . '/TestingAccessWrapper.php';
	} elseif ( str_starts_with( $class, 'PHPUnit\\' ) ) {
		// Only when asked for: maintenance scripts needn't pay for it. parserTests.php asks without PHPUnit's own command.
		require_once '/usr/share/php/PHPUnit/Autoload.php';
	} elseif ( str_starts_with( $class, 'Hamcrest\\' ) ) {
		require_once '/usr/share/php/Hamcrest.php';
	}
} );

// A test whose files are being recorded has started another PHP, which nobody watches.
if ( getenv( 'MWPIPE_SPAWNED' ) ) {
	touch( getenv( 'MWPIPE_SPAWNED' ) );
}
