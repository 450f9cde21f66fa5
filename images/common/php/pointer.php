<?php
/**
 * Which bundle of settings is in effect: the one place that reads the pointer.
 *
 * The pointer is a symlink, slots/<slot> to ../bundles/<hash>, replaced by rename(2). readlink() is a system call each
 * time (it isn't in PHP's realpath cache), and what it names never changes, so this is right with
 * opcache.validate_timestamps=0. MWPIPE_BUNDLE pins one bundle: checks, maintenance scripts, previews.
 */

const MWPIPE_OVERLAY_DIR = '/srv/overlay';

/**
 * @return string|null The hash of the bundle, or null where there is none
 */
function mwpipeCurrentBundle(): ?string {
	$bundle = getenv( 'MWPIPE_BUNDLE' );
	if ( !$bundle ) {
		$slot = (string)getenv( 'MWPIPE_SLOT' );
		if ( !preg_match( '/^[a-z0-9-]+$/D', $slot ) ) {
			return null;
		}
		$bundle = basename( (string)@readlink( MWPIPE_OVERLAY_DIR . "/slots/$slot" ) );
	}
	return preg_match( '/^[0-9a-f]{64}$/D', $bundle ) ? $bundle : null;
}

function mwpipeBundleDir( string $bundle ): string {
	return MWPIPE_OVERLAY_DIR . "/bundles/$bundle";
}
