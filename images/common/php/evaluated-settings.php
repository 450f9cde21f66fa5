<?php
/**
 * Stands in for LocalSettings.php while a bundle is evaluated. The parent stays in the first line until all wikis are
 * done; each child goes on with a wiki of its own, or with several. Setup.php requires this in the global scope, as it does
 * the real one.
 */

MwpipePool::eachWiki( $mwpipeAsked );
unset( $mwpipeAsked );

try {
	while ( MwpipeTogether::next() ) {
		require __DIR__ . '/LocalSettings.php';
		require MwpipeTogether::settingsRead();
		MwpipeTogether::register();
	}
	require __DIR__ . '/LocalSettings.php';
} catch ( Throwable $mwpipeThrown ) {
	MwpipeWiki::thrown( $mwpipeThrown );
}
