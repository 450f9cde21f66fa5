<?php
/**
 * Plain PHP, read after the values of settings.yaml: what is loaded, and what one value decides about another.
 */

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

wfLoadSkin( 'Vector' );

wfLoadExtensions( [
	'Cite',
	'Echo',
	'Gadgets',
	'InputBox',
	'PageImages',
	'ParserFunctions',
	'Poem',
	'TemplateData',
	'TextExtracts',
	'WikiEditor',
] );
if ( $wmgUseThanks ) {
	wfLoadExtension( 'Thanks' );
}

$wgLogos = [ '1x' => MWPIPE_STATIC . '/logo.svg', 'icon' => MWPIPE_STATIC . '/logo.svg' ];
$wgFavicon = MWPIPE_STATIC . '/logo.svg';

$wgRightsText = 'CC BY-SA 4.0';
$wgRightsUrl = 'https://creativecommons.org/licenses/by-sa/4.0/';

// Anybody may try it out; on a real wiki this is a decision.
$wgGroupPermissions['*']['edit'] = true;
$wgGroupPermissions['*']['createaccount'] = true;
