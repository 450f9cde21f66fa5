<?php
/**
 * Which bundle of settings is in effect: the one place that reads the pointer.
 *
 * The pointer is a symlink, slots/<slot> to ../bundles/<hash>, replaced by rename(2); a canary has one of its own,
 * slots/<slot>@<instance>, which wins. readlink() is a system call each
 * time (it isn't in PHP's realpath cache), and what it names never changes, so this is right with
 * opcache.validate_timestamps=0. MWPIPE_BUNDLE pins one bundle: checks, maintenance scripts, previews.
 */

const MWPIPE_OVERLAY_DIR = '/srv/overlay';
/** What the agent of a Kubernetes pod says of itself; elsewhere there is none. */
const MWPIPE_REPORT = '/run/mwpipe-agent/report.json';

const MWPIPE_PIN_KEY = '/run/secrets/mwpipe/pin-key';

function mwpipePinKey(): string {
	return trim( (string)@file_get_contents( MWPIPE_PIN_KEY ) );
}

function mwpipePinSignature( string $what, string $key ): string {
	return hash_hmac( 'sha256', "bundle:$what", $key );
}

/**
 * A staged bundle that isn't live yet, for whoever has a signed pin (mwpipe config push --stop-at debug): HASH.EXPIRES.SIGNATURE.
 * What isn't signed, is over or isn't here counts for nothing, and the answer says which.
 * @return array{?string,?string} The bundle, or why there is none; neither where no pin came
 */
function mwpipePin(): array {
	$pin = (string)( $_SERVER['HTTP_X_MWPIPE_BUNDLE_PIN'] ?? '' );
	if ( $pin === '' ) {
		return [ null, null ];
	}
	[ $bundle, $expires, $signature ] = explode( '.', $pin, 3 ) + [ '', '', '' ];
	$key = mwpipePinKey();
	$problem = match ( true ) {
		!preg_match( '/^[0-9a-f]{64}$/D', $bundle ) || !ctype_digit( $expires ) => 'not a pin',
		$key === '' => 'this instance has no key for it',
		!hash_equals( mwpipePinSignature( "$bundle.$expires", $key ), $signature ) => 'not signed with the key of this instance',
		(int)$expires < time() => 'over, by the clock of this instance: ' . gmdate( 'Y-m-d\TH:i:s\Z' ),
		!is_file( mwpipeBundleDir( $bundle ) . '/bundle.json' ) => 'this instance does not have its bundle',
		default => null,
	};
	return $problem === null ? [ $bundle, null ] : [ null, $problem ];
}

/**
 * @return string|null The hash of the bundle, or null where there is none
 */
function mwpipeCurrentBundle(): ?string {
	$bundle = getenv( 'MWPIPE_BUNDLE' ) ?: mwpipePin()[0];
	if ( !$bundle ) {
		$slot = (string)getenv( 'MWPIPE_SLOT' );
		if ( !preg_match( '/^[a-z0-9-]+$/D', $slot ) ) {
			return null;
		}
		$slots = MWPIPE_OVERLAY_DIR . '/slots';
		$own = "$slots/$slot@" . ( getenv( 'MWPIPE_INSTANCE' ) ?: gethostname() );
		$bundle = basename( (string)( @readlink( $own ) ?: @readlink( "$slots/$slot" ) ) );
	}
	return preg_match( '/^[0-9a-f]{64}$/D', $bundle ) ? $bundle : null;
}

function mwpipeBundleDir( string $bundle ): string {
	return MWPIPE_OVERLAY_DIR . "/bundles/$bundle";
}

/** @return array{problem:?string,aside:bool}|null */
function mwpipeAgentReport(): ?array {
	return json_decode( (string)@file_get_contents( MWPIPE_REPORT ), true );
}
